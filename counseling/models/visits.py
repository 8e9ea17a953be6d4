"""Home visits: planned with the person, by peers whom they named. No decisions."""

from django.db import models
from django.db.models import F, Q

from counseling.states import VisitState


class Visit(models.Model):
    """Who comes when, and how they come to the door."""

    case = models.ForeignKey("counseling.Case", on_delete=models.CASCADE, related_name="visits")
    state = models.CharField(max_length=14, default=VisitState.PLANNED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    rules = models.JSONField(default=list)
    # Why one visitor comes alone; two are the rule.
    alone = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Nobody had checked in long after its start, and the team was called.
    missed_at = models.DateTimeField(null=True)
    # Nobody had checked out long after its end, and the team was called.
    alarmed_at = models.DateTimeField(null=True)
    # Who took the alarm on: nobody else is called, until there is another one.
    heard_at = models.DateTimeField(null=True)
    heard_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="visit_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "cancelled"]) | Q(agreed_at__isnull=False),
                name="visit_only_with_consent",
            ),
            models.CheckConstraint(
                condition=Q(heard_at__isnull=True, heard_by__isnull=True)
                | Q(heard_at__isnull=False, heard_by__isnull=False),
                name="visit_heard_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_at"], name="visit_overdue")]

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Visitor(models.Model):
    """A peer whom the person was asked about by name; `agreed_at` is their yes to this one."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="visitors")
    staff = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="visits")
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "staff"], name="visitor_once_per_visit")
        ]

    def __str__(self) -> str:
        return f"visitor {self.pk}"


class AddressLook(models.Model):
    """That a visitor looked at the address. The person sees every one."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="looks")
    staff = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"look {self.pk}"
