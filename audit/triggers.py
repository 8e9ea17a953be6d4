"""What the database itself refuses, on both engines.

No entry is changed. One is removed only when it is older than five years by the database's own
clock and a row of `audit_purge`, which came first and never goes, says that its time has come.
SQLite forgets triggers when Django rebuilds a table: a migration that alters one of these tables
runs `UP` again, which may run at any time.
"""

ENTRIES, PURGES = "audit_auditentry", "audit_purge"
YEARS = 5

_SQLITE_REFUSE = """
CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table}{when}
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
_OLD = f"strftime('%Y-%m-%d %H:%M:%f', 'now', '-{YEARS} years')"
_TOO_YOUNG = f""" WHEN OLD.at >= {_OLD}
  OR NOT EXISTS (SELECT 1 FROM {PURGES} WHERE upto > OLD.at AND upto <= {_OLD})"""  # noqa: S608
# SQLite's REPLACE takes the old row away without asking whoever refuses a DELETE.
_TAKEN = " WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
_SQLITE = [
    ("audit_no_update", "UPDATE", ENTRIES, ""),
    ("audit_no_delete", "DELETE", ENTRIES, _TOO_YOUNG),
    ("audit_purge_no_update", "UPDATE", PURGES, ""),
    ("audit_purge_no_delete", "DELETE", PURGES, ""),
    ("audit_no_replace", "INSERT", ENTRIES, _TAKEN.format(table=ENTRIES)),
    ("audit_purge_no_replace", "INSERT", PURGES, _TAKEN.format(table=PURGES)),
]

_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = '{ENTRIES}' THEN
    IF OLD.at < now() - interval '{YEARS} years' AND EXISTS (
      SELECT 1 FROM {PURGES} WHERE upto > OLD.at AND upto <= now() - interval '{YEARS} years'
    ) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$
"""  # noqa: S608 - the names are constants of this file
_POSTGRES = [
    (f"{table}_{what}", f"{event} ON {table} FOR EACH {each}", table)
    for table in (ENTRIES, PURGES)
    for what, event, each in (
        ("rows", "UPDATE OR DELETE", "ROW"),
        ("truncate", "TRUNCATE", "STATEMENT"),
    )
]

UP = {
    "sqlite": [
        _SQLITE_REFUSE.format(name=name, event=event, table=table, when=when)
        for name, event, table, when in _SQLITE
    ],
    "postgresql": [
        _POSTGRES_FUNCTION,
        *(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {on} EXECUTE FUNCTION audit_refuse()"
            for name, on, _ in _POSTGRES
        ),
    ],
}
DOWN = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {name}" for name, *_ in _SQLITE],
    "postgresql": [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, _, table in _POSTGRES],
}
