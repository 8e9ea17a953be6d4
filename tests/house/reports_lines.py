"""The lines of figures in the grid.

`{training}` was held and `{run}` begun in hyogo; `{closing}` of its sheet is published.
"""

from datetime import date, datetime

from accounts.models import Staff
from accounts.states import Role
from programs.models import Program
from reports.actions.closings import check_closing, close_sheet
from reports.actions.effects import start_run
from reports.actions.publications import publish
from reports.actions.trainings import Course, hold_training
from tests.cast import grant, make_staff, staff_viewer
from tests.house.everyone import UNASSIGNED, Row, anyone, staff

READ = staff("analyst", "coordinator", "auditor")
HOME = staff("analyst", "coordinator", "auditor", everywhere=True)
USED = staff("analyst", "coordinator", everywhere=True)
CLOSED = staff("coordinator", everywhere=True, code=405)
BRING = staff("coordinator", "counselor", everywhere=True)
BROUGHT = staff("coordinator", "counselor", everywhere=True, code=405)
CLOSED_READ = staff("coordinator", everywhere=True)
HANDED = staff("coordinator", "auditor", everywhere=True)
KEPT = staff("coordinator", "counselor") | {UNASSIGNED: 200}
AUDITED = staff("auditor", code=405)

REPORTS: dict[str, tuple[str, Row]] = {
    "reports": ("/reports/", HOME),
    "reports-import": ("/reports/import/", BRING),
    "reports-import-taken": ("/reports/import/{taken}/", KEPT),
    "reports-import-apply": ("/reports/import/{records}/apply/", BROUGHT),
    "reports-import-drop": ("/reports/import/{records}/drop/", BROUGHT),
    "reports-sites": ("/reports/sites/", BRING),
    "reports-baseline": ("/reports/sites/baseline/", BROUGHT),
    "reports-baseline-withdraw": ("/reports/sites/baseline/ibasho/281000/withdraw/", BROUGHT),
    "reports-site-close": ("/reports/sites/{site}/close/", BROUGHT),
    "reports-site-withdraw": ("/reports/sites/{site}/withdraw/", BROUGHT),
    "reports-trainings": ("/reports/trainings/", BRING),
    "reports-training": ("/reports/trainings/{training}/", KEPT),
    "reports-presence": ("/reports/trainings/{training}/presence/", BROUGHT),
    "reports-attendance-withdraw": (
        "/reports/trainings/{training}/attendances/{attendance}/withdraw/", BROUGHT,
    ),
    "reports-supports": ("/reports/supports/", BRING),
    "reports-support-withdraw": ("/reports/supports/{support}/withdraw/", BROUGHT),
    "reports-offices": ("/reports/offices/", BRING),
    "reports-office-withdraw": ("/reports/offices/{office}/withdraw/", BROUGHT),
    "reports-effects": ("/reports/effects/", BRING),
    "reports-improve": ("/reports/effects/improve/", CLOSED),
    "reports-effect": ("/reports/effects/{run}/", KEPT),
    "reports-returns": ("/reports/returns/", HANDED),
    "reports-return-write": ("/reports/returns/write/", AUDITED),
    "reports-return-join": ("/reports/returns/join/", CLOSED),
    "reports-return-take": ("/reports/returns/take/", CLOSED),
    "reports-sheet-start": ("/reports/kpi/", CLOSED_READ),
    "reports-own-entries": ("/reports/entries/", BRING),
    "reports-notes": ("/reports/notes/", HANDED),
    "reports-usage": ("/reports/usage/", USED),
    "reports-usage-csv": ("/reports/usage/usage.csv", USED),
    "reports-sheet": ("/reports/kpi/hyogo-2020/", READ),
    "reports-sheet-csv": ("/reports/kpi/hyogo-2020/sheet.csv", READ),
    "reports-sheet-json": ("/reports/kpi/hyogo-2020/sheet.json", READ),
    "reports-sheet-xlsx": ("/reports/kpi/hyogo-2020/sheet.xlsx", READ),
    "reports-sheet-pdf": ("/reports/kpi/hyogo-2020/sheet.pdf", READ),
    "reports-monthly": ("/reports/kpi/hyogo-2020/monthly.pdf", READ),
    "reports-breakdown": ("/reports/kpi/hyogo-2020/breakdown/", READ),
    "reports-breakdown-csv": ("/reports/kpi/hyogo-2020/breakdown/breakdown.csv", READ),
    "reports-breakdown-xlsx": ("/reports/kpi/hyogo-2020/breakdown/breakdown.xlsx", READ),
    "reports-close": ("/reports/kpi/hyogo-2020/close/", CLOSED),
    "reports-close-check": ("/reports/kpi/hyogo-2020/close/{closing}/check/", CLOSED),
    "reports-close-back": ("/reports/kpi/hyogo-2020/close/{closing}/back/", CLOSED),
    "reports-words": ("/reports/kpi/hyogo-2020/close/{closing}/words/", staff("coordinator")),
    "reports-publish": ("/reports/kpi/hyogo-2020/close/{closing}/publish/", CLOSED),
    "published": ("/published/", anyone()),
    "published-sheet": ("/published/hyogo-2020/", anyone()),
    "published-csv": ("/published/hyogo-2020/table.csv", anyone()),
    "reports-exact": ("/reports/kpi/hyogo-2020/exact/", AUDITED),
    "reports-cell": ("/reports/kpi/hyogo-2020/hyogo.craft/2020/", READ),
    "reports-entries": ("/reports/kpi/hyogo-2020/hyogo.craft/2020/entries/", AUDITED),
}  # fmt: skip


def reports_things(
    coordinator: Staff, counselor: Staff, program: Program, now: datetime
) -> dict[str, int | str]:
    """A course, a run of the family program, and a year that two closed and one published."""
    of, keeps, closes = program.pk, staff_viewer(counselor), staff_viewer(coordinator)
    course = Course(course="kiso", name="基礎", held_on=date(2026, 5, 9))
    training = hold_training(keeps, program=of, course=course, now=now)
    run = start_run(keeps, program=of, name="春", started_on=date(2026, 4, 1), now=now)
    second = make_staff("niban", display_name="にばん")
    grant(second, Role.COORDINATOR, program)
    closing = close_sheet(closes, program=of, sheet="hyogo-2020", year=2020, now=now)
    check_closing(staff_viewer(second), program=of, closing=closing.pk, now=now)
    publish(closes, program=of, closing=closing.pk, now=now)
    return {"training": training.pk, "run": run.pk, "closing": closing.pk}
