"""What feeds the ledger, and sheets that were closed."""

from django.db import models
from django.db.models import Q


class RecordImport(models.Model):
    """A file of records that was read and waits, or was taken into the ledger.

    Neither the file nor its name is kept, nor anything that was typed for a person.
    """

    # Keyed, over what was read: the same rows are recognised in another format too.
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    # [{fact}, "note", line]: emptied when it is applied or dropped.
    waiting = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(applied_at__isnull=False),
                name="record_import_same_file_once",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(dropped_at__isnull=True),
                name="record_import_applied_or_dropped",
            ),
        ]

    def __str__(self) -> str:
        return f"records {self.pk}"
