"""What waits for a human at the desk: the tables. Raised in the transaction of what it is about.

They stand here, under the desk, because posts, reports and murmurs raise them; `moderation` claims
and settles them through `chat.actions.items`.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.states import ItemKind, ItemState

STAFF = settings.AUTH_USER_MODEL


class Item(models.Model):
    """One for each kind and subject; raised anew, it is the same one, opened again.

    `subject` names what it is about (`message:17`) and outlives it; the keys go with their rows.
    """

    kind = models.CharField(max_length=10)
    subject = models.CharField(max_length=40)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    # Null: it is about no room.
    room = models.ForeignKey("chat.Room", null=True, on_delete=models.CASCADE, related_name="items")
    message = models.ForeignKey(
        "chat.Message", null=True, on_delete=models.SET_NULL, related_name="items"
    )
    murmur = models.ForeignKey(
        "chat.Murmur", null=True, on_delete=models.SET_NULL, related_name="items"
    )
    # Whom it is about.
    seat = models.ForeignKey("chat.Seat", null=True, on_delete=models.SET_NULL, related_name="+")
    # A member of staff whom it is about: it skips the desk, and they never learn of it.
    about_staff = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    urgency = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, default=ItemState.NEW.value)
    opened_at = models.DateTimeField()
    # When it was last opened: what its age and its alarm count from.
    raised_at = models.DateTimeField()
    # Of a murmur: the end of the duty in which it was promised to be read.
    due_at = models.DateTimeField(null=True)
    times = models.PositiveIntegerField(default=1)
    claimed_by = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    # The first look and the first end, whatever came after: an hour counted anew gives equal rows.
    looked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="item_once_per_subject"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ItemKind]), name="item_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ItemState]),
                name="item_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=ItemState.CLAIMED.value)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="item_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=ItemState.DONE.value) | Q(settled_at__isnull=False),
                name="item_done_at_some_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["program", "urgency", "raised_at"],
                condition=~Q(state=ItemState.DONE.value),
                name="item_waiting",
            ),
            models.Index(fields=["program", "-settled_at"], name="item_settled"),
            models.Index(fields=["opened_at"], name="item_opened"),
            models.Index(fields=["looked_at"], name="item_looked"),
            models.Index(fields=["closed_at"], name="item_closed"),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class DeskVersion(models.Model):
    """Counts every change of what waits in a program, so that a desk knows when to look again."""

    program = models.OneToOneField(
        "programs.Program", on_delete=models.CASCADE, related_name="desk_version"
    )
    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"desk {self.program_id}"


class Recusal(models.Model):
    """知っている人かもしれない: whom a member of staff reads nothing of. Told to nobody.

    It is the desk's, and stands here because what a person in crisis is promised asks it.
    """

    staff = models.ForeignKey(STAFF, on_delete=models.CASCADE, related_name="recusals")
    participant = models.ForeignKey(
        "accounts.Participant", on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "participant"], name="recused_once")
        ]
        # Where it lay when the desk kept it.
        db_table = "moderation_recusal"

    def __str__(self) -> str:
        return f"recusal {self.pk}"
