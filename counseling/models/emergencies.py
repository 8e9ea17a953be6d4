"""Emergency disclosures: danger to life, told without consent, by two. No decisions."""

from django.db import models
from django.db.models import F, Q

from counseling.danger import ALLOWED, GOING_ON, EmergencyState


class Emergency(models.Model):
    """Why, who and who else, to whom, and what was given: one row from first to last."""

    case = models.ForeignKey("counseling.Case", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default=EmergencyState.ASKED)
    ground = models.CharField(max_length=12)
    # What was seen or read; the person can read it too.
    seen = models.CharField(max_length=500)
    recipient = models.CharField(max_length=14)
    asked_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    second = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    # 単独: from here on the 72 hours of the review run.
    alone_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    # Who took it there (a desk, a number of theirs), which kinds of details, and the words.
    taker = models.CharField(max_length=100, blank=True)
    kinds = models.JSONField(default=list)
    told = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=10, blank=True)
    review = models.CharField(max_length=500, blank=True)
    # From here on whoever speaks in the case sees it; `may_warn` says when somebody decides that.
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Nobody had looked at it within 72 hours, and the coordinators were called again.
    overdue_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "emergencies"
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=[one.value for one in GOING_ON]),
                name="emergency_one_going_on",
            ),
            models.CheckConstraint(
                condition=Q(recipient__in=["police", "fire", "child_office"]),
                name="emergency_to_nobody_else",
            ),
            models.CheckConstraint(
                condition=Q(second__isnull=True) | ~Q(second=F("asked_by")),
                name="emergency_second_is_another",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("asked_by")),
                name="emergency_released_by_another",
            ),
            # Two, or one alone after nobody answered; never neither.
            models.CheckConstraint(
                condition=~Q(state__in=[*(one.value for one in ALLOWED), "told"])
                | Q(second__isnull=False)
                | Q(alone_at__isnull=False),
                name="emergency_by_two_or_alone",
            ),
            models.CheckConstraint(
                condition=Q(alone_at__isnull=True)
                | (Q(second__isnull=True) & Q(recipient__in=["police", "fire"])),
                name="emergency_alone_to_110_and_119",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True)
                | Q(second__isnull=False)
                | Q(alone_at__isnull=False),
                name="emergency_opened_after_a_yes",
            ),
            models.CheckConstraint(
                condition=~Q(state="told") | (Q(told_at__isnull=False) & ~Q(taker="")),
                name="emergency_told_to_someone",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True)
                | (
                    Q(alone_at__isnull=False)
                    & Q(reviewed_by__isnull=False)
                    & ~Q(reviewed_by=F("asked_by"))
                    & ~Q(finding="")
                ),
                name="emergency_reviewed_by_another",
            ),
        ]
        indexes = [models.Index(fields=["case", "-asked_at"], name="emergency_of_case")]

    def __str__(self) -> str:
        return f"emergency {self.pk}"
