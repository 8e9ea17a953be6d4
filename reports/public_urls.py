"""Door plates of what is published every year, for anyone."""

from django.urls import path

from reports.views import publishing

urlpatterns = [
    path("", publishing.all_sheets, name="published"),
    path("<slug:slug>/", publishing.one_sheet, name="published-sheet"),
    path("<slug:slug>/table.csv", publishing.as_csv, name="published-csv"),
]
