"""Door plates of figures."""

from django.urls import path

from reports.views import closings, records, sheets, usage

urlpatterns = [
    path("", sheets.home, name="reports"),
    path("import/", records.bring, name="reports-import"),
    path("import/<int:pk>/apply/", records.apply, name="reports-import-apply"),
    path("import/<int:pk>/drop/", records.drop, name="reports-import-drop"),
    path("usage/", usage.shown, name="reports-usage"),
    path("usage/usage.csv", usage.as_csv, name="reports-usage-csv"),
    path("kpi/<slug:slug>/", sheets.sheet, name="reports-sheet"),
    path("kpi/<slug:slug>/sheet.csv", sheets.as_csv, name="reports-sheet-csv"),
    path("kpi/<slug:slug>/sheet.xlsx", sheets.as_xlsx, name="reports-sheet-xlsx"),
    path("kpi/<slug:slug>/sheet.pdf", sheets.as_pdf, name="reports-sheet-pdf"),
    path("kpi/<slug:slug>/monthly.pdf", sheets.monthly, name="reports-monthly"),
    path("kpi/<slug:slug>/close/", closings.close, name="reports-close"),
    path("kpi/<slug:slug>/close/<int:pk>/check/", closings.check, name="reports-close-check"),
    path("kpi/<slug:slug>/exact/", sheets.exact, name="reports-exact"),
    path("kpi/<slug:slug>/<str:code>/<int:year>/", sheets.cell, name="reports-cell"),
    path("kpi/<slug:slug>/<str:code>/<int:year>/entries/", sheets.entries, name="reports-entries"),
]
