"""When people come together at a real ibasho. No decisions."""

from django.db import models
from django.db.models import F, Q


class Gathering(models.Model):
    """集い: one day at a place that a program lists; what recurs is entered day by day."""

    place = models.ForeignKey("programs.Place", on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # What it is like there, or for whom this time; anyone reads it.
    line = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="gathering_ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["place", "starts_at"], name="gathering_once_per_start"),
        ]

    def __str__(self) -> str:
        return f"gathering {self.pk}"
