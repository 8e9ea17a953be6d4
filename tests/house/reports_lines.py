"""The lines of figures in the grid."""

from tests.house.everyone import Row, staff

READ = staff("analyst", "coordinator", "auditor")
HOME = staff("analyst", "coordinator", "auditor", everywhere=True)
USED = staff("analyst", "coordinator", everywhere=True)
CLOSED = staff("coordinator", everywhere=True, code=405)
BRING = staff("coordinator", "counselor", everywhere=True)
BROUGHT = staff("coordinator", "counselor", everywhere=True, code=405)
AUDITED = staff("auditor", code=405)

REPORTS: dict[str, tuple[str, Row]] = {
    "reports": ("/reports/", HOME),
    "reports-import": ("/reports/import/", BRING),
    "reports-import-apply": ("/reports/import/1/apply/", BROUGHT),
    "reports-import-drop": ("/reports/import/1/drop/", BROUGHT),
    "reports-usage": ("/reports/usage/", USED),
    "reports-usage-csv": ("/reports/usage/usage.csv", USED),
    "reports-sheet": ("/reports/kpi/hyogo-2020/", READ),
    "reports-sheet-csv": ("/reports/kpi/hyogo-2020/sheet.csv", READ),
    "reports-sheet-xlsx": ("/reports/kpi/hyogo-2020/sheet.xlsx", READ),
    "reports-sheet-pdf": ("/reports/kpi/hyogo-2020/sheet.pdf", READ),
    "reports-monthly": ("/reports/kpi/hyogo-2020/monthly.pdf", READ),
    "reports-close": ("/reports/kpi/hyogo-2020/close/", CLOSED),
    "reports-close-check": ("/reports/kpi/hyogo-2020/close/1/check/", CLOSED),
    "reports-exact": ("/reports/kpi/hyogo-2020/exact/", AUDITED),
    "reports-cell": ("/reports/kpi/hyogo-2020/hyogo.craft/2020/", READ),
    "reports-entries": ("/reports/kpi/hyogo-2020/hyogo.craft/2020/entries/", AUDITED),
}
