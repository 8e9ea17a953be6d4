"""Which admin site is the house's."""

from django.contrib.admin.apps import AdminConfig


class InspectionConfig(AdminConfig):
    """Django's admin, as `ibasho.inspection` has it."""

    default_site = "ibasho.inspection.Inspection"
