"""Shifts, and who attends which room."""

from django.conf import settings
from django.db import models


class Shift(models.Model):
    """A supporter's stretch of duty in a program."""

    supporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at", "starts_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"shift {self.pk}"


class Attendance(models.Model):
    """That a supporter on a shift keeps an eye on a room.

    `room` is a room's number and not a foreign key: `duty` stands below `chat` and doesn't know it.
    Attending needs an act at the desk within 10 minutes (design rule 2): `acted_at`.
    """

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="attendances")
    room = models.BigIntegerField()
    acted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "room"], name="attendance_once_per_shift")
        ]
        indexes = [models.Index(fields=["room", "acted_at"])]

    def __str__(self) -> str:
        return f"attendance {self.pk}"
