"""つなぎ: from whoever asked, to the person, to a first visit. No decisions."""

from django.db import models
from django.db.models import F, Q

from counseling.bridge import BEFORE_THEM, GIVERS, BridgeState

_UNKNOWN_TO_THEM = [*(one.value for one in BEFORE_THEM), BridgeState.STOPPED.value]


class Bridge(models.Model):
    """One for a caller's case. The person's case is named once they were told, not before."""

    caller_case = models.ForeignKey(
        "counseling.Case", on_delete=models.CASCADE, related_name="bridges"
    )
    person_case = models.ForeignKey(
        "counseling.Case", null=True, on_delete=models.CASCADE, related_name="bridges_here"
    )
    state = models.CharField(max_length=14, default=BridgeState.PROPOSED)
    # How the person would be told; the counselor's words, read by whoever asked.
    words = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True)
    reached_by = models.CharField(max_length=10, blank=True)
    # What counts is these two, in the ledger, about the person; a bridge counts nothing itself.
    occasion = models.ForeignKey(
        "counseling.Occasion", null=True, on_delete=models.CASCADE, related_name="+"
    )
    referral = models.ForeignKey(
        "counseling.Referral", null=True, on_delete=models.CASCADE, related_name="+"
    )
    # Who said やめます; neither of the two learns it of the other from here.
    caller_stopped_at = models.DateTimeField(null=True)
    person_stopped_at = models.DateTimeField(null=True)
    counselor_stopped_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in BridgeState]),
                name="bridge_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_UNKNOWN_TO_THEM)
                | Q(person_case__isnull=False, reached_at__isnull=False),
                name="bridge_reached_somebody",
            ),
            models.CheckConstraint(
                condition=Q(person_case__isnull=True) | ~Q(person_case=F("caller_case")),
                name="bridge_between_two",
            ),
            models.CheckConstraint(
                condition=~Q(state="met") | Q(occasion__isnull=False), name="bridge_met_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state="linked") | Q(referral__isnull=False),
                name="bridge_linked_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(state="stopped", ended_at__isnull=False)
                | (~Q(state="stopped") & Q(ended_at__isnull=True)),
                name="bridge_stopped_at_some_time",
            ),
            models.UniqueConstraint(
                fields=["caller_case"], condition=~Q(state="stopped"), name="bridge_stands_once"
            ),
            models.UniqueConstraint(
                fields=["person_case"], condition=~Q(state="stopped"), name="bridge_leads_here_once"
            ),
        ]

    def __str__(self) -> str:
        return f"bridge {self.pk}"


class BridgeConsent(models.Model):
    """What one of the two agreed that the other may be told. Replaced, never changed."""

    bridge = models.ForeignKey(Bridge, on_delete=models.CASCADE, related_name="consents")
    giver = models.CharField(max_length=10)
    wording = models.PositiveSmallIntegerField()
    # `Tells`, by value; and words of their own, told exactly as they stand.
    scope = models.JSONField(default=list)
    line = models.CharField(max_length=300, blank=True)
    # Whoever heard it by telephone; null where they said it on their own page.
    heard_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bridge", "giver"],
                condition=Q(withdrawn_at__isnull=True),
                name="bridge_consent_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(giver__in=[one.value for one in GIVERS]),
                name="bridge_consent_of_one_of_the_two",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("at")), name="bridge_consent_lasts_a_while"
            ),
        ]

    def __str__(self) -> str:
        return f"consent to a bridge {self.pk}"


class BridgeStep(models.Model):
    """One line of what happened, for the counselor: a state it came to, or what else was done."""

    bridge = models.ForeignKey(Bridge, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=16)
    mover = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["bridge", "at"], name="step_of_bridge")]

    def __str__(self) -> str:
        return f"step of a bridge {self.pk}"
