"""What colleagues are told at their desks, and how a desk knows that there is news: the tables."""

from django.conf import settings
from django.db import models
from django.db.models import Q

STAFF = settings.AUTH_USER_MODEL


class Notice(models.Model):
    """What a member of staff is told at their desk until they put it away."""

    to = models.ForeignKey(STAFF, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=16)  # `states.NoticeKind`
    shift = models.ForeignKey("duty.Shift", null=True, on_delete=models.CASCADE, related_name="+")
    # Of a visit, which is known here by nothing else.
    starts_at = models.DateTimeField(null=True)
    # The colleague it is about.
    about = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shift__isnull=False, starts_at__isnull=True)
                | Q(shift__isnull=True, starts_at__isnull=False),
                name="notice_of_a_shift_or_a_visit",
            )
        ]
        indexes = [
            models.Index(fields=["to", "-id"], condition=Q(seen_at=None), name="notice_unseen")
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class DeskNews(models.Model):
    """Counts what colleagues of a program ask and tell each other, so that a desk looks again.

    What waits for a human is counted above (`chat.DeskVersion`); a desk stands at both together.
    """

    program = models.OneToOneField(
        "programs.Program", on_delete=models.CASCADE, related_name="desk_news"
    )
    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"desk news {self.program_id}"
