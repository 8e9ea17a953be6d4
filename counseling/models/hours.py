"""When a counselor sits at the desk for whoever comes without an appointment. No decisions."""

from django.db import models
from django.db.models import Q


class DropIn(models.Model):
    """A weekly stretch in Japan's time. As of a room's, `closes <= opens` crosses midnight."""

    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField()  # Monday = 0
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="drop_in_weekday"),
            models.UniqueConstraint(
                fields=["program", "weekday", "opens"], name="drop_in_once_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"drop-in {self.pk}"
