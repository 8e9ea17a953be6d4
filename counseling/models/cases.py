"""Cases, what was asked, occasions, notes, and the vault of contact details. No decisions.

A case is one voice about one person: a mother and her son have one each, also once a counselor has
joined them. What a participant sees, takes along or erases hangs on their own case alone.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from counseling.states import AskingState, CaseState, HandOverState, Relation


class Case(models.Model):
    """One voice about one person. Its code is what colleagues say and type.

    `merged_into` joins it to the case of the same person, in the counselors' view and in the
    ledger, and is undone by setting it to null again.
    """

    code = models.CharField(max_length=8, unique=True)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="cases")
    # Who speaks; null for whoever only calls, and once they have erased themselves.
    participant = models.ForeignKey(
        "accounts.Participant", null=True, on_delete=models.SET_NULL, related_name="cases"
    )
    relation = models.CharField(max_length=10)
    state = models.CharField(max_length=8, default=CaseState.WAITING)
    counselor = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="cases"
    )
    urgency = models.CharField(max_length=6, default="usual")
    # Since when this counselor is responsible.
    assigned_at = models.DateTimeField(null=True)
    # Both are of the person whom it is about.
    cohort = models.CharField(max_length=8, default="unknown")
    municipality = models.ForeignKey(
        "programs.Municipality", null=True, on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField(max_length=12, default="unknown")
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged"
    )
    # The ledger's numbers of the entries that say so (joined, 新規), to be countered.
    merge_entry = models.BigIntegerField(null=True)
    new_entry = models.BigIntegerField(null=True)
    # The room of the 1:1 (`chat.Room` of kind `counseling`), once there is one.
    room = models.OneToOneField(
        "chat.Room", null=True, on_delete=models.PROTECT, related_name="case"
    )
    opened_at = models.DateTimeField()
    # Since when somebody waits for an answer; null when nobody does.
    waiting_since = models.DateTimeField(null=True)
    # When a counselor confirmed it as a new one (新規).
    confirmed_new_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # When words of need came with an asking, also with a refused one; null once somebody took it.
    need_at = models.DateTimeField(null=True)
    # Until when the counselor has seen the words of need that were written.
    need_seen_at = models.DateTimeField(null=True)
    # Until when somebody whom the ladder reached has taken note of them, who need not read here.
    need_heard_at = models.DateTimeField(null=True)
    need_heard_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            # Exactly one is responsible at every moment, and for what waits the whole team is.
            models.CheckConstraint(
                condition=(Q(state="open") & Q(counselor__isnull=False))
                | (Q(state="waiting") & Q(counselor__isnull=True))
                | Q(state="closed"),
                name="case_open_has_its_counselor",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in CaseState]), name="case_state_known"
            ),
            models.CheckConstraint(
                condition=Q(relation__in=[one.value for one in Relation]),
                name="case_relation_known",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="case_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="case_closed_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(need_heard_at__isnull=True, need_heard_by__isnull=True)
                | Q(need_heard_at__isnull=False, need_heard_by__isnull=False),
                name="case_need_heard_by_somebody",
            ),
            # Whoever asks for themselves again comes back to the case that is theirs.
            models.UniqueConstraint(
                fields=["program", "participant"],
                condition=Q(relation="self"),
                name="case_of_oneself_once",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "state", "waiting_since"], name="case_inbox"),
            models.Index(fields=["counselor", "state"], name="case_of_counselor"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Asking(models.Model):
    """What a participant asked for. Who asks and whom it is about are two different things."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="askings")
    participant = models.ForeignKey(
        "accounts.Participant", null=True, on_delete=models.SET_NULL, related_name="askings"
    )
    nonce = models.UUIDField()
    wishes = models.JSONField(default=list)
    times = models.JSONField(default=list)
    eases = models.JSONField(default=list)
    words = models.TextField(max_length=2000, blank=True)
    state = models.CharField(max_length=10, default=AskingState.ASKED)
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "nonce"], name="asking_once_per_nonce"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=["asked", "taken"]),
                name="asking_stands_once_per_case",
            ),
        ]

    def __str__(self) -> str:
        return f"asking {self.pk}"


class Invitation(models.Model):
    """A supporter told someone in a room that they may ask. Declined once, never again."""

    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(
        "accounts.Participant", on_delete=models.CASCADE, related_name="counseling_invitations"
    )
    invited_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "participant"], name="invited_to_counseling_once"
            )
        ]

    def __str__(self) -> str:
        return f"invitation to counseling {self.pk}"


class OccasionImport(models.Model):
    """A list of occasions that was brought and waits to be taken in at once, or dropped.

    `rows` are the good ones as they will be written, `bad` the others as they were typed.
    """

    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    counselor = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    # SHA-256 of the file: the same one twice is recognised.
    digest = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    bad = models.JSONField(default=list)
    at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["counselor"],
                condition=Q(applied_at__isnull=True, dropped_at__isnull=True),
                name="occasions_waiting_once",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(dropped_at__isnull=True),
                name="occasions_applied_or_dropped",
            ),
        ]

    def __str__(self) -> str:
        return f"import of occasions {self.pk}"


class Occasion(models.Model):
    """A session: a talk, a call, a visit. The same voice, day and channel is one occasion.

    More than one a day needs a reason (`split`), which is kept and printed; or a program that
    counted each of them on that day (`each`, written down with the occasion).
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="occasions")
    counselor = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=10)
    channel = models.CharField(max_length=10)
    on = models.DateField()  # the day in Japan
    minutes = models.PositiveSmallIntegerField()
    line = models.CharField(max_length=200, blank=True)
    # A session of psychological counseling (カウンセリング) and not a consultation alone.
    psychological = models.BooleanField(default=False)
    split = models.CharField(max_length=200, blank=True)
    each = models.BooleanField(default=False)
    nonce = models.UUIDField(null=True)
    # [counselor, nonce] of each form that was added to it later.
    added = models.JSONField(default=list)
    recorded_at = models.DateTimeField()
    # What isn't confirmed is counted nowhere.
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    brought_by = models.ForeignKey(
        OccasionImport, null=True, on_delete=models.SET_NULL, related_name="brought"
    )
    # The ledger's numbers of what this occasion counts as.
    entries = models.JSONField(default=list)
    # A mistake: the row stays, and what was counted is counted back.
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "relation", "on", "channel"],
                condition=Q(split="", each=False, voided_at__isnull=True),
                name="occasion_once_a_day",
            ),
            models.UniqueConstraint(fields=["counselor", "nonce"], name="occasion_once_per_nonce"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=1440), name="occasion_within_a_day"
            ),
        ]
        indexes = [models.Index(fields=["case", "-on"], name="occasion_of_case")]

    def __str__(self) -> str:
        return f"occasion {self.pk}"


class Note(models.Model):
    """What a counselor keeps in mind: shared goes with the case, one's own is its author's."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    shared = models.BooleanField(default=False)
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="note_of_case")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class NextStep(models.Model):
    """What comes next, and on which day the desk reminds of it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    # Asked after: of this arrival, and gone with it should it be taken back.
    referral = models.ForeignKey(
        "counseling.Referral", null=True, on_delete=models.CASCADE, related_name="asked_after"
    )
    text = models.CharField(max_length=200)
    due_on = models.DateField()
    made_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["case", "due_on"], condition=Q(done_at__isnull=True), name="step_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"next step {self.pk}"


class HandOver(models.Model):
    """One counselor offers a case to another; it moves when that one accepts, not before."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="hand_overs")
    giver = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=HandOverState.OFFERED)
    # What the other should know first; the case's shared notes follow it.
    text = models.CharField(max_length=500, blank=True)
    offered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="offered"), name="case_offered_once"
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name="case_handed_to_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"hand-over {self.pk}"


class Vault(models.Model):
    """The key of one case's contact details, itself sealed. Without it they are noise for ever."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="vault")
    key = models.TextField()

    def __str__(self) -> str:
        return f"vault {self.pk}"


class ContactDetail(models.Model):
    """A telephone number, a name, an address: sealed under its vault's key, bound to its row."""

    vault = models.ForeignKey(Vault, on_delete=models.CASCADE, related_name="details")
    # Sealed text is bound to this, which is there before the row is.
    place = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=10)
    sealed = models.TextField()
    # The same send twice is one (from the talk).
    nonce = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vault", "nonce"], name="detail_once_per_nonce")
        ]

    def __str__(self) -> str:
        return f"contact detail {self.pk}"


class ContactOpening(models.Model):
    """That a counselor opened the details, and why. The person sees every one, those of an
    emergency that may warn somebody once it is released.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="openings")
    staff = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    emergency = models.ForeignKey(
        "counseling.Emergency", null=True, on_delete=models.CASCADE, related_name="openings"
    )

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="opening_of_case")]

    def __str__(self) -> str:
        return f"opening {self.pk}"
