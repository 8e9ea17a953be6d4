"""Referrals, consent, the one-time links, appointments and visits. No decisions."""

from django.db import models
from django.db.models import F, Q

from counseling.states import (
    ALOUD,
    CONSENTED,
    Goal,
    Gone,
    MeetingState,
    ReferralState,
    Relation,
)

_ALOUD = [one.value for one in ALOUD]


class Referral(models.Model):
    """From a person to a place. What is in `draft` leaves only by a `Consent`."""

    case = models.ForeignKey("counseling.Case", on_delete=models.CASCADE, related_name="referrals")
    goal = models.CharField(max_length=16, default=Goal.AGENCY)
    state = models.CharField(max_length=10, default=ReferralState.PROPOSED)
    # Where to: at most one of the two, exactly one once it is agreed.
    agency = models.ForeignKey(
        "programs.Agency", null=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey(
        "programs.Place", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # {heading: [{"text": "…", "struck": false}]}; emptied when it comes to an end.
    draft = models.JSONField(default=dict)
    # Null where the person began it.
    proposed_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # A face they know: the supporter from the room may come along.
    companion = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=10, blank=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=10, blank=True)
    # Who at the agency said so; a position is enough.
    accepted_who = models.CharField(max_length=80, blank=True)
    # By telephone, fax or paper: which of ours wrote it down, and when.
    accepted_noted_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_noted_at = models.DateTimeField(null=True)
    linked_on = models.DateField(null=True)
    evidence = models.CharField(max_length=12, blank=True)
    evidence_line = models.CharField(max_length=200, blank=True)
    confirmed_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The ledger's number of what was counted.
    entry = models.PositiveBigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Taken back after it was sent: the recipient has to be told, and was.
    to_tell_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in ReferralState]),
                name="referral_state_known",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(place__isnull=True),
                name="referral_to_one_place",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[one.value for one in CONSENTED])
                | Q(agency__isnull=False)
                | Q(place__isnull=False),
                name="referral_agreed_to_somewhere",
            ),
            # What was noted says who said so and when: after it was sent, before it was noted.
            models.CheckConstraint(
                condition=Q(accepted_noted_by__isnull=True, accepted_noted_at__isnull=True)
                | Q(
                    ~Q(accepted_who=""),
                    accepted_noted_by__isnull=False,
                    accepted_noted_at__isnull=False,
                    accepted_at__isnull=False,
                    sent_at__isnull=False,
                    accepted_noted_at__gte=F("accepted_at"),
                    accepted_at__gte=F("sent_at"),
                ),
                name="referral_accepted_as_noted",
            ),
            models.CheckConstraint(
                condition=~Q(state="linked") | Q(linked_on__isnull=False, entry__isnull=False),
                name="referral_linked_is_counted",
            ),
        ]
        indexes = [models.Index(fields=["case", "-proposed_at"], name="referral_of_case")]

    def __str__(self) -> str:
        return f"referral {self.pk}"

    @property
    def to(self) -> str:
        """What the destination is called; "" while none is chosen."""
        chosen = self.agency or self.place
        return "" if chosen is None else chosen.name


class Consent(models.Model):
    """What a person agreed to: these words, to this recipient, until then. Never changed."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="consents")
    wording = models.PositiveSmallIntegerField()
    recipient = models.CharField(max_length=80)
    # Kinds of details out of the vault that go along.
    scope = models.JSONField(default=list)
    # The exact words (`packet.canonical`); emptied when nothing of it left.
    words = models.TextField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    # Empty where a participant gave it by an act of their own. Where somebody without a page said
    # so: over which channel, who spoke, when, and which of ours wrote it down.
    channel = models.CharField(max_length=10, blank=True)
    spoke = models.CharField(max_length=10, blank=True)
    heard_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(channel="", spoke="", heard_at__isnull=True, recorded_by__isnull=True)
                | Q(
                    channel__in=_ALOUD,
                    spoke__in=[one.value for one in Relation],
                    heard_at__isnull=False,
                    recorded_by__isnull=False,
                    heard_at__lte=F("at"),
                    expires_at__gt=F("at"),
                ),
                name="consent_own_or_heard",
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class SentDetail(models.Model):
    """That one detail went to one recipient. Never what it says; it outlives the detail itself."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="sent_details")
    # Null once the detail is gone from the vault.
    detail = models.ForeignKey(
        "counseling.ContactDetail", null=True, on_delete=models.SET_NULL, related_name="sent"
    )
    kind = models.CharField(max_length=10)
    # When it was deposited: which of several of its kind.
    deposited_at = models.DateTimeField()
    # As the consent calls it.
    recipient = models.CharField(max_length=80)
    by = models.CharField(max_length=10)
    at = models.DateTimeField()
    # The recipient said yes; 90 days run from here.
    accepted_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    gone = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "detail"], name="detail_sent_once"),
            models.CheckConstraint(
                condition=Q(gone_at__isnull=True, gone="")
                | Q(gone_at__isnull=False, gone__in=[one.value for one in Gone]),
                name="sent_detail_gone_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["accepted_at"], name="sent_detail_accepted")]

    def __str__(self) -> str:
        return f"sent detail {self.pk}"


class Crossing(models.Model):
    """One step of a referral, as the person sees it."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="crossings")
    # A state it came to, or what else happened: edited, told, companion, undone.
    what = models.CharField(max_length=16)
    mover = models.CharField(max_length=10)
    line = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    # Said aloud by the person, who has no page to do it on: as with a consent.
    channel = models.CharField(max_length=10, blank=True)
    heard_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="", heard_at__isnull=True, recorded_by__isnull=True)
                | Q(
                    channel__in=_ALOUD,
                    mover="person",
                    heard_at__isnull=False,
                    recorded_by__isnull=False,
                    heard_at__lte=F("at"),
                ),
                name="crossing_own_or_heard",
            )
        ]
        indexes = [models.Index(fields=["referral", "at"], name="crossing_of_referral")]

    def __str__(self) -> str:
        return f"crossing {self.pk}"


class OneTimeLink(models.Model):
    """A way in for one agency to one packet, good once. Only hashes of it are kept."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="links")
    token = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=64)
    made_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    spent_at = models.DateTimeField(null=True)
    # Replaced by another one, or the referral is over.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(ended_at__isnull=True), name="link_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"


class LinkOpening(models.Model):
    """That somebody was at a link: with the code, with a wrong one, too late; and each time they
    read the sheet or took the PDF along.
    """

    link = models.ForeignKey(OneTimeLink, on_delete=models.CASCADE, related_name="openings")
    what = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["link", "at"], name="opening_of_link")]

    def __str__(self) -> str:
        return f"opening of a link {self.pk}"


class StageDone(models.Model):
    """A step behind the door that was taken, as a counselor confirms it."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=20)
    on = models.DateField()
    line = models.CharField(max_length=200, blank=True)
    confirmed_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # The ledger's number, where the step counts.
    entry = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "stage"], name="stage_taken_once")
        ]

    def __str__(self) -> str:
        return f"stage {self.pk}"


class Meeting(models.Model):
    """An appointment with a choice of times."""

    case = models.ForeignKey("counseling.Case", on_delete=models.CASCADE, related_name="meetings")
    referral = models.ForeignKey(
        Referral, null=True, on_delete=models.CASCADE, related_name="meetings"
    )
    channel = models.CharField(max_length=10)
    # Where and what it is like there; the counselor's words.
    about = models.CharField(max_length=300, blank=True)
    # Aware instants, ISO 8601, at most three.
    choices = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(default=50)
    state = models.CharField(max_length=14, default=MeetingState.OFFERED)
    starts_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    # A calendar knows it by this, whatever else changes.
    uid = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["chosen", "held", "not_this_time"])
                | Q(starts_at__isnull=False),
                name="meeting_chosen_has_a_time",
            )
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="meeting_to_remind")]

    def __str__(self) -> str:
        return f"meeting {self.pk}"
