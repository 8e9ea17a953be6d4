"""What members of staff did or looked at, and the record of what was purged. Rows only come.

No foreign key: an entry outlives whatever it is about. Triggers refuse to change or remove one;
`audit/triggers.py` says how.
"""

from django.db import models


class AuditEntry(models.Model):
    """Who (a number), in which role, did what to what, why. Never words of a message."""

    at = models.DateTimeField()
    # A member of staff's number; null where the house itself or a command acted.
    actor = models.BigIntegerField(null=True)
    role = models.CharField(max_length=12)
    verb = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_id = models.TextField()
    program = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    fields = models.JSONField(default=list)  # names
    values = models.JSONField(null=True)  # of settings; of a role: whose and which
    # Of a look alone: the hour in which the same look isn't written down again.
    hour = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["program", "-id"]),
            models.Index(fields=["object_type", "object_id", "-id"]),
            models.Index(fields=["actor", "-id"]),
            models.Index(fields=["at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "object_type", "object_id", "hour", "verb"],
                condition=models.Q(hour__isnull=False),
                name="audit_one_look_an_hour",
            )
        ]

    def __str__(self) -> str:
        return f"audit entry {self.pk}"


class Purge(models.Model):
    """That entries from before `upto` went, and how many. It comes first and opens the door."""

    at = models.DateTimeField()
    upto = models.DateTimeField()
    entries = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"purge {self.pk}"
