"""Door plates of figures."""

from django.urls import include, path

from reports.views import (
    breakdown,
    closings,
    effects,
    notes,
    offices,
    own_sheets,
    publishing,
    records,
    registers,
    returns,
    sheets,
    trainings,
    usage,
)

_registers = [
    path("sites/", registers.sites, name="reports-sites"),
    path("sites/baseline/", registers.baseline, name="reports-baseline"),
    path(
        "sites/baseline/<slug:kind>/<slug:town>/withdraw/", registers.withdraw_baseline,
        name="reports-baseline-withdraw",
    ),
    path("sites/<int:pk>/close/", registers.close_site, name="reports-site-close"),
    path("sites/<int:pk>/withdraw/", registers.withdraw_site, name="reports-site-withdraw"),
    path("trainings/", trainings.courses, name="reports-trainings"),
    path("trainings/<int:pk>/", trainings.course, name="reports-training"),
    path("trainings/<int:pk>/presence/", trainings.presence, name="reports-presence"),
    path(
        "trainings/<int:pk>/attendances/<int:attendance>/withdraw/", trainings.withdraw,
        name="reports-attendance-withdraw",
    ),
    path("supports/", registers.supports, name="reports-supports"),
    path(
        "supports/<int:pk>/withdraw/", registers.withdraw_support, name="reports-support-withdraw"
    ),
    path("offices/", offices.visits, name="reports-offices"),
    path(
        "offices/<slug:number>/withdraw/", offices.withdraw, name="reports-office-withdraw"
    ),
    path("effects/", effects.runs, name="reports-effects"),
    path("effects/improve/", effects.improve, name="reports-improve"),
    path("effects/<int:pk>/", effects.run, name="reports-effect"),
    path("returns/", returns.shown, name="reports-returns"),
    path("returns/write/", returns.write, name="reports-return-write"),
    path("returns/join/", returns.join, name="reports-return-join"),
    path("returns/take/", returns.take, name="reports-return-take"),
]  # fmt: skip

urlpatterns = [
    path("", sheets.home, name="reports"),
    path("import/", records.bring, name="reports-import"),
    path("import/<int:pk>/", records.taken, name="reports-import-taken"),
    path("import/<int:pk>/apply/", records.apply, name="reports-import-apply"),
    path("import/<int:pk>/drop/", records.drop, name="reports-import-drop"),
    path("", include(_registers)),
    path("kpi/", own_sheets.start, name="reports-sheet-start"),
    path("entries/", sheets.own_entries, name="reports-own-entries"),
    path("notes/", notes.erase, name="reports-notes"),
    path("usage/", usage.shown, name="reports-usage"),
    path("usage/usage.csv", usage.as_csv, name="reports-usage-csv"),
    path("kpi/<slug:slug>/", sheets.sheet, name="reports-sheet"),
    path("kpi/<slug:slug>/sheet.csv", sheets.as_csv, name="reports-sheet-csv"),
    path("kpi/<slug:slug>/sheet.json", sheets.as_json, name="reports-sheet-json"),
    path("kpi/<slug:slug>/sheet.xlsx", sheets.as_xlsx, name="reports-sheet-xlsx"),
    path("kpi/<slug:slug>/sheet.pdf", sheets.as_pdf, name="reports-sheet-pdf"),
    path("kpi/<slug:slug>/monthly.pdf", sheets.monthly, name="reports-monthly"),
    path("kpi/<slug:slug>/breakdown/", breakdown.shown, name="reports-breakdown"),
    path("kpi/<slug:slug>/breakdown/breakdown.csv", breakdown.as_csv, name="reports-breakdown-csv"),
    path(
        "kpi/<slug:slug>/breakdown/breakdown.xlsx",
        breakdown.as_xlsx,
        name="reports-breakdown-xlsx",
    ),
    path("kpi/<slug:slug>/close/", closings.close, name="reports-close"),
    path("kpi/<slug:slug>/close/<int:pk>/check/", closings.check, name="reports-close-check"),
    path("kpi/<slug:slug>/close/<int:pk>/back/", closings.send_back, name="reports-close-back"),
    path("kpi/<slug:slug>/close/<int:pk>/words/", publishing.words, name="reports-words"),
    path("kpi/<slug:slug>/close/<int:pk>/publish/", publishing.publish, name="reports-publish"),
    path("kpi/<slug:slug>/exact/", sheets.exact, name="reports-exact"),
    path("kpi/<slug:slug>/<str:code>/<int:year>/", sheets.cell, name="reports-cell"),
    path("kpi/<slug:slug>/<str:code>/<int:year>/entries/", sheets.entries, name="reports-entries"),
]
