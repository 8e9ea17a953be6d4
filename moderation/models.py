"""What was done at the desk, by whom, why; objections to it; who was called. No decisions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from moderation.states import ActKind, AppealState, ProposalState

STAFF = settings.AUTH_USER_MODEL


class Act(models.Model):
    """One act. It holds until `until`, or until it is undone; undoing closes this row alone.

    `evidence` is what was there at that moment, frozen: words, name, what stood around them. It
    outlives the message, and goes when nobody can object any more.
    """

    kind = models.CharField(max_length=12)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    # Null: everywhere.
    room = models.ForeignKey("chat.Room", null=True, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("chat.Item", null=True, on_delete=models.SET_NULL, related_name="acts")
    message = models.ForeignKey(
        "chat.Message", null=True, on_delete=models.SET_NULL, related_name="acts"
    )
    # Whom it was done to; null when it was to a room, to staff, or they are gone.
    participant = models.ForeignKey(
        "accounts.Participant", null=True, on_delete=models.SET_NULL, related_name="acts"
    )
    restriction = models.OneToOneField(
        "chat.Restriction", null=True, on_delete=models.SET_NULL, related_name="act"
    )
    by = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    reason = models.CharField(max_length=8)
    note = models.CharField(max_length=200, blank=True)
    # What was said to them: a private word, an answer, the plan for coming back.
    words = models.TextField(blank=True)
    # Of a room: what it was before the oldest act that stands, and what this act asks for.
    before = models.JSONField(null=True)
    value = models.JSONField(null=True)
    evidence = models.JSONField(default=dict)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    # Its effect ended: by time, or because it was undone.
    closed_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ActKind]), name="act_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("at")), name="act_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(closed_at__isnull=False),
                name="act_undone_is_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "-at"]),
            models.Index(
                fields=["until"], condition=Q(closed_at__isnull=True), name="act_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"act {self.pk}"


class Quoted(models.Model):
    """Whose words stand in an act's evidence besides those of the person it was done to.

    By it they are found and go when their author erases themselves.
    """

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="quoted", db_index=False)
    participant = models.ForeignKey(
        "accounts.Participant", on_delete=models.CASCADE, related_name="+"
    )
    # Where they stand: `text`, `context.3`, `reports.0`.
    places = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "participant"], name="quoted_once_in_an_act")
        ]

    def __str__(self) -> str:
        return f"quoted {self.pk}"


class Appeal(models.Model):
    """Someone objects to an act; one for each. Judged by somebody else than who acted."""

    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="appeal")
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=AppealState.OPEN.value)
    judged_by = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in AppealState]),
                name="appeal_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN.value)
                | Q(judged_by__isnull=False, judged_at__isnull=False),
                name="appeal_judged_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"


class Told(models.Model):
    """Somebody told of what staff said or did to them: once of each act, and once of the answer to
    an objection to it, as it stood then.

    It goes past the desk, and whoever acted or answered never learns of it.
    """

    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="told")
    # Not of the act, but of what was answered to an objection to it.
    appeal = models.OneToOneField(
        Appeal, null=True, on_delete=models.PROTECT, related_name="told_of_answer"
    )
    reason = models.CharField(max_length=8)
    note = models.CharField(max_length=500, blank=True)
    evidence = models.JSONField(default=dict)
    at = models.DateTimeField()
    # Its sender was told how it ended.
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["act"], condition=Q(appeal__isnull=True), name="told_once_of_an_act"
            )
        ]

    def __str__(self) -> str:
        return f"told {self.pk}"


class Proposal(models.Model):
    """A permanent bar from the whole place: nothing happens until a second coordinator agrees."""

    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(
        "accounts.Participant", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    item = models.ForeignKey("chat.Item", null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=8)
    note = models.CharField(max_length=200)
    evidence = models.JSONField(default=dict)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default=ProposalState.ASKED.value)
    settled_by = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    act = models.OneToOneField(Act, null=True, on_delete=models.PROTECT, related_name="proposal")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "participant"],
                condition=Q(state=ProposalState.ASKED.value),
                name="proposal_asked_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.CONFIRMED.value)
                | (Q(settled_by__isnull=False) & ~Q(settled_by=F("by"))),
                name="proposal_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class AlarmStep(models.Model):
    """A step of the ladder for what nobody acknowledged: a call, or who was passed over.

    It is for an item or for a relief. `number` counts the steps since that was raised; the
    constraints let one process take each.
    """

    item = models.ForeignKey("chat.Item", null=True, on_delete=models.CASCADE, related_name="steps")
    relief = models.ForeignKey(
        "duty.Relief", null=True, on_delete=models.CASCADE, related_name="steps"
    )
    raised_at = models.DateTimeField()
    number = models.PositiveSmallIntegerField()
    staff = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    rung = models.CharField(max_length=12, blank=True)
    # Empty where nobody was called: then `why`.
    channel = models.CharField(max_length=8, blank=True)
    why = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "raised_at", "number"], name="alarm_step_taken_once"
            ),
            models.UniqueConstraint(
                fields=["relief", "raised_at", "number"], name="alarm_step_of_relief_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=True, relief__isnull=False)
                | Q(item__isnull=False, relief__isnull=True),
                name="alarm_step_for_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"alarm step {self.pk}"


class DeskChoice(models.Model):
    """What a member of staff chose for their own desk: words blurred, kinds they don't take."""

    staff = models.OneToOneField(STAFF, on_delete=models.CASCADE, related_name="desk_choice")
    blurred = models.BooleanField(default=False)
    # `chat.states.ItemKind` and report reasons that aren't shown to them.
    without = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"choice {self.pk}"
