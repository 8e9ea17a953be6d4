"""What the database itself refuses, on both engines: to change or remove an entry, ever.

SQLite forgets triggers when Django rebuilds a table: a migration that alters this table runs `UP`
again.
"""

ENTRIES = "ledger_entry"

UP = {
    "sqlite": [
        f"""
CREATE TRIGGER ledger_no_{event.lower()} BEFORE {event} ON {ENTRIES}
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""
        for event in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$
""",
        *(
            f"CREATE TRIGGER {ENTRIES}_{name} BEFORE {event} ON {ENTRIES} FOR EACH {each}"
            " EXECUTE FUNCTION ledger_refuse()"
            for name, event, each in (
                ("rows", "UPDATE OR DELETE", "ROW"),
                ("truncate", "TRUNCATE", "STATEMENT"),
            )
        ),
    ],
}
DOWN = {
    "sqlite": [f"DROP TRIGGER IF EXISTS ledger_no_{event}" for event in ("update", "delete")],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {ENTRIES}_{name} ON {ENTRIES}" for name in ("rows", "truncate")
    ],
}
