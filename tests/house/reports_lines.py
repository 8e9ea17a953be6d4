"""The lines of figures in the grid."""

from tests.house.everyone import Row, anyone, staff

READ = staff("analyst", "coordinator", "auditor")
HOME = staff("analyst", "coordinator", "auditor", everywhere=True)
USED = staff("analyst", "coordinator", everywhere=True)
CLOSED = staff("coordinator", everywhere=True, code=405)
BRING = staff("coordinator", "counselor", everywhere=True)
BROUGHT = staff("coordinator", "counselor", everywhere=True, code=405)
CLOSED_READ = staff("coordinator", everywhere=True)
NOWHERE = staff("coordinator", code=404)
AUDITED = staff("auditor", code=405)

REPORTS: dict[str, tuple[str, Row]] = {
    "reports": ("/reports/", HOME),
    "reports-import": ("/reports/import/", BRING),
    "reports-import-apply": ("/reports/import/1/apply/", BROUGHT),
    "reports-import-drop": ("/reports/import/1/drop/", BROUGHT),
    "reports-sites": ("/reports/sites/", BRING),
    "reports-baseline": ("/reports/sites/baseline/", BROUGHT),
    "reports-site-close": ("/reports/sites/1/close/", BROUGHT),
    "reports-site-withdraw": ("/reports/sites/1/withdraw/", BROUGHT),
    "reports-trainings": ("/reports/trainings/", BRING),
    "reports-training": ("/reports/trainings/9/", NOWHERE),
    "reports-presence": ("/reports/trainings/9/presence/", BROUGHT),
    "reports-attendance-withdraw": ("/reports/trainings/9/attendances/9/withdraw/", BROUGHT),
    "reports-supports": ("/reports/supports/", BRING),
    "reports-support-withdraw": ("/reports/supports/1/withdraw/", BROUGHT),
    "reports-effects": ("/reports/effects/", BRING),
    "reports-improve": ("/reports/effects/improve/", CLOSED),
    "reports-effect": ("/reports/effects/9/", NOWHERE),
    "reports-returns": ("/reports/returns/", CLOSED_READ),
    "reports-own-entries": ("/reports/entries/", BRING),
    "reports-usage": ("/reports/usage/", USED),
    "reports-usage-csv": ("/reports/usage/usage.csv", USED),
    "reports-sheet": ("/reports/kpi/hyogo-2020/", READ),
    "reports-sheet-csv": ("/reports/kpi/hyogo-2020/sheet.csv", READ),
    "reports-sheet-xlsx": ("/reports/kpi/hyogo-2020/sheet.xlsx", READ),
    "reports-sheet-pdf": ("/reports/kpi/hyogo-2020/sheet.pdf", READ),
    "reports-monthly": ("/reports/kpi/hyogo-2020/monthly.pdf", READ),
    "reports-close": ("/reports/kpi/hyogo-2020/close/", CLOSED),
    "reports-close-check": ("/reports/kpi/hyogo-2020/close/1/check/", CLOSED),
    # No year of hyogo's was closed or published.
    "reports-words": ("/reports/kpi/hyogo-2020/close/1/words/", NOWHERE),
    "reports-publish": ("/reports/kpi/hyogo-2020/close/1/publish/", CLOSED),
    "published": ("/published/", anyone()),
    "published-sheet": ("/published/hyogo-2020/", anyone(404)),
    "published-csv": ("/published/hyogo-2020/table.csv", anyone(404)),
    "reports-exact": ("/reports/kpi/hyogo-2020/exact/", AUDITED),
    "reports-cell": ("/reports/kpi/hyogo-2020/hyogo.craft/2020/", READ),
    "reports-entries": ("/reports/kpi/hyogo-2020/hyogo.craft/2020/entries/", AUDITED),
}
