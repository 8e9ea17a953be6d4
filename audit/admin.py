"""The log, to look through."""

from django.contrib import admin

from audit.models import AuditEntry, Purge
from foundation.inspection import Rows


@admin.register(AuditEntry)
class AuditEntryRows(Rows):
    """Who did what."""

    list_display = (
        "id", "at", "actor", "role", "verb", "object_type", "object_id", "program", "reason",
        "fields", "values",
    )  # fmt: skip
    list_filter = ("role", "verb", "object_type")
    search_fields = ("=actor", "=object_id", "reason")
    ordering = ("-id",)


@admin.register(Purge)
class PurgeRows(Rows):
    """What left the log after five years."""

    list_display = ("id", "at", "upto", "entries")
    ordering = ("-id",)
