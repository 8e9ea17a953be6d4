"""What the database itself refuses, on both engines: to change or remove an entry, ever.

SQLite forgets triggers when Django rebuilds a table: a migration that alters this table runs `UP`
again, which may run at any time.
"""

ENTRIES = "ledger_entry"
# SQLite's REPLACE takes the old row away without asking whoever refuses a DELETE. What it may
# collide with is whatever is unique.
_UNIQUE = (
    "id = NEW.id",
    "program = NEW.program AND seq = NEW.seq",
    "program = NEW.program AND counters = NEW.counters",
)
_TAKEN = " WHEN " + " OR ".join(f"EXISTS (SELECT 1 FROM {ENTRIES} WHERE {one})" for one in _UNIQUE)  # noqa: S608 - constants of this file
_SQLITE = [
    ("ledger_no_update", "UPDATE", ""),
    ("ledger_no_delete", "DELETE", ""),
    ("ledger_no_replace", "INSERT", _TAKEN),
]

UP = {
    "sqlite": [
        f"""
CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {ENTRIES}{when}
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""
        for name, event, when in _SQLITE
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$
""",
        *(
            f"CREATE OR REPLACE TRIGGER {ENTRIES}_{name} BEFORE {event} ON {ENTRIES}"
            f" FOR EACH {each} EXECUTE FUNCTION ledger_refuse()"
            for name, event, each in (
                ("rows", "UPDATE OR DELETE", "ROW"),
                ("truncate", "TRUNCATE", "STATEMENT"),
            )
        ),
    ],
}
DOWN = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {name}" for name, *_ in _SQLITE],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {ENTRIES}_{name} ON {ENTRIES}" for name in ("rows", "truncate")
    ],
}
