"""What lies in the house before and after a look, and the only things a look may leave there."""

from django.apps import apps
from django.db import connection

# The only things that a look may leave behind: (address, model, fields).
LEFT_BEHIND: dict[str, set[tuple[str, str]]] = {
    # A letter's first reading.
    "letter": {("accounts.Letter", "read_at"), ("accounts.Participant", "version")},
}
# Where a member of staff sees what is one person's: the look itself stays, and nothing else.
LOOKS = {
    "counseling-case", "counseling-talk", "counseling-details", "counseling-bridge",
    "counseling-desk-onward", "counseling-desk-onward-one", "counseling-aloud",
    "counseling-emergency", "counseling-emergency-open", "item", "person", "appeal", "about-staff",
    "manage-person", "manage-admin",
}  # fmt: skip
# Where they see a list with people's words in it.
LISTS = {
    "desk", "desk-queue", "acts", "review", "counseling-desk", "counseling-emergencies",
    "debriefs", "counseling-visits", "counseling-overdue",
    "counseling-needs",
}  # fmt: skip
LEFT_BEHIND |= {name: {("audit.AuditEntry", "*")} for name in LOOKS | LISTS}


# Sessions' own bookkeeping passes by; so do counts that are remembered, which change no figure.
TABLES = {
    model._meta.db_table: model._meta.label
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_label not in ("sessions", "contenttypes", "auth")
    and model._meta.label not in ("reports.Remembered", "reports.Past")
}


def rows() -> dict[str, tuple[list[str], list[tuple]]]:
    """Every row of the house, as it lies in the database: model → its columns, its rows."""
    found = {}
    with connection.cursor() as cursor:
        for table, label in TABLES.items():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[label] = ([column[0] for column in cursor.description], cursor.fetchall())
    return found


def changes(before: dict, after: dict) -> set[tuple[str, str]]:
    """(model, column) of everything that differs; a new or missing row is (model, "*")."""
    found = set()
    for label, (columns, lay) in before.items():
        if lay == (lies := after[label][1]):
            continue
        key = columns.index(apps.get_model(label)._meta.pk.column)
        old, new = ({row[key]: row for row in some} for some in (lay, lies))
        if set(old) != set(new):
            found.add((label, "*"))
        for one in set(old) & set(new):
            pairs = zip(columns, old[one], new[one], strict=True)
            found |= {(label, column) for column, was, now in pairs if was != now}
    return found
