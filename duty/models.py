"""The rota, who attends which room, and what members of staff ask and tell each other."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from duty.news import DeskNews as DeskNews
from duty.news import Notice as Notice
from duty.states import RUNNING, STANDING, AskState, CallState, Channel, ShiftState

STAFF = settings.AUTH_USER_MODEL


class DutyRules(models.Model):
    """What a program asks of its shifts; without a row the defaults hold."""

    program = models.OneToOneField(
        "programs.Program", on_delete=models.CASCADE, related_name="duty_rules"
    )
    # The longest time at a stretch, after which the desk reminds to rest.
    longest_minutes = models.PositiveSmallIntegerField(default=120)
    # From so many crisis items in a shift on, the desk offers a note of its own.
    hard_after = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(longest_minutes__gte=30, longest_minutes__lte=480),
                name="duty_longest_within_reason",
            ),
            models.CheckConstraint(condition=Q(hard_after__gte=1), name="duty_hard_after_one"),
        ]
        verbose_name_plural = "duty rules"

    def __str__(self) -> str:
        return f"duty rules {self.pk}"


class Pattern(models.Model):
    """A weekly stretch of somebody's, from which a month is planned. Times are Japan's."""

    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE)
    supporter = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="patterns")
    weekday = models.PositiveSmallIntegerField()  # Monday = 0
    begins = models.TimeField()
    ends = models.TimeField()  # `ends <= begins` is the next day
    rooms = models.JSONField(default=list)  # numbers, as in `Shift.rooms`
    rests_on_holidays = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="pattern_weekday"),
            models.CheckConstraint(condition=~Q(begins=F("ends")), name="pattern_has_a_length"),
            models.UniqueConstraint(
                fields=["supporter", "weekday", "begins"], name="pattern_once_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"pattern {self.pk}"


class Shift(models.Model):
    """A supporter's stretch of duty in a program: planned, then kept, or not.

    One person's standing shifts never overlap: `actions.plan` looks under the lock of the
    person's row; that no two begin at once and no two run at once, the database holds by itself.
    """

    supporter = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="shifts")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Rooms' numbers, and no foreign keys: `duty` stands below `chat` and doesn't know them.
    rooms = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=ShiftState.PLANNED.value)
    # Who is there for the supporter during this shift; named when it begins.
    supervisor = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(null=True)
    # Since when without a rest, in whatever shifts; a rest begins it anew.
    stretch_at = models.DateTimeField(null=True)
    # Since when they rest, or rested when it ended; None at the desk.
    rested_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # How many crisis items the supporter saw in it.
    exposure = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["ends_at", "starts_at"]),
            models.Index(fields=["program", "starts_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ShiftState]),
                name="shift_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*RUNNING, ShiftState.ENDED], begun_at__isnull=True),
                name="shift_kept_was_begun",
            ),
            models.UniqueConstraint(
                fields=["supporter", "starts_at"],
                condition=Q(state__in=[state.value for state in STANDING]),
                name="shift_once_per_start",
            ),
            models.UniqueConstraint(
                fields=["supporter"],
                condition=Q(state__in=[state.value for state in RUNNING]),
                name="shift_runs_once",
            ),
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


class RoomOff(models.Model):
    """That a shift keeps a room no more, until it ends: its supporter was taken off there."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="rooms_off")
    room = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "room"], name="room_off_once_per_shift")
        ]

    def __str__(self) -> str:
        return f"room off {self.pk}"


def _known_ask() -> Q:
    return Q(state__in=[state.value for state in AskState])


class Swap(models.Model):
    """かわってもらえますか: a shift is offered to one colleague, or to all who may keep it."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="swaps")
    asked = models.ManyToManyField("accounts.Staff", related_name="swaps_asked")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=AskState.ASKED.value)
    # The taker's own shift.
    taken_as = models.OneToOneField(
        Shift, null=True, on_delete=models.PROTECT, related_name="taken_by_swap"
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_known_ask(), name="swap_in_a_known_state"),
            models.UniqueConstraint(
                fields=["shift"],
                condition=Q(state=AskState.ASKED.value),
                name="swap_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"swap {self.pk}"


class Relief(models.Model):
    """かわって: whoever is on duty is asked to take over this shift's rooms, now."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="reliefs")
    rooms = models.JSONField(default=list)
    # The shift was only taken off these rooms and goes on in the others.
    only_room = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=AskState.ASKED.value)
    # The shift that took the rooms over.
    taken_by = models.ForeignKey(Shift, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_known_ask(), name="relief_in_a_known_state"),
            models.UniqueConstraint(
                fields=["shift"],
                condition=Q(state=AskState.ASKED.value),
                name="relief_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"relief {self.pk}"


class Handover(models.Model):
    """申し送り: what the next shift should know, in the supporter's own words."""

    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE)
    author = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="handovers")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["program", "at"])]

    def __str__(self) -> str:
        return f"handover {self.pk}"


class HandoverReading(models.Model):
    """よみました. A mark among colleagues; no participant ever sees one."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="readings")
    staff = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "staff"], name="handover_read_once")
        ]

    def __str__(self) -> str:
        return f"reading {self.pk}"


class Debrief(models.Model):
    """ふりかえり: a note of one's own after a shift, shown to the supervisor only if one wishes."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="debriefs")
    author = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="debriefs")
    # Null: nobody but the author reads it.
    shown_to = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"debrief {self.pk}"


class CalendarAddress(models.Model):
    """The secret address of one's own shifts as a calendar. The address itself is nowhere kept."""

    staff = models.OneToOneField(STAFF, on_delete=models.CASCADE, related_name="calendar")
    token_key = models.CharField(max_length=64, unique=True)  # SHA-256 of 256 random bits, hex
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar {self.pk}"


class AlertChoice(models.Model):
    """Over which channels someone may be called, in the order they chose."""

    staff = models.OneToOneField(STAFF, on_delete=models.CASCADE, related_name="alert_choice")
    channels = models.JSONField(default=list)  # `states.Channel`

    def __str__(self) -> str:
        return f"alert choice {self.pk}"


class AlertHour(models.Model):
    """よんでよい: an hour of the week in which someone said yes. 0 is Monday 0–1 h in Japan."""

    staff = models.ForeignKey(STAFF, on_delete=models.CASCADE, related_name="alert_hours")
    hour = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hour__lt=168), name="alert_hour_of_the_week"),
            models.UniqueConstraint(fields=["hour", "staff"], name="alert_hour_once"),
        ]

    def __str__(self) -> str:
        return f"alert hour {self.pk}"


class AlarmTest(models.Model):
    """ためしのよびだし: a program is ready once somebody acknowledged one."""

    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE)
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        STAFF, null=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(acknowledged_at=None),
                name="alarm_tested_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"alarm test {self.pk}"


class PushAddress(models.Model):
    """A browser of a member of staff that said yes to Web Push (RFC 8030).

    Where it is reached lasts for years and tells on its owner: it is sealed, and found by its hash.
    """

    staff = models.ForeignKey(STAFF, on_delete=models.CASCADE, related_name="push_addresses")
    key = models.CharField(max_length=64, unique=True)  # SHA-256 of the endpoint, hex
    sealed = models.TextField()  # `channels.push.Subscription` as JSON
    made_at = models.DateTimeField()
    # The last call to it that didn't arrive, unless a later one did.
    failed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"push address {self.pk}"


class Call(models.Model):
    """A call to a member of staff over a channel: what it is about stands in no message.

    Written in the transaction that decides on it; sent afterwards, by the process that comes first.
    """

    staff = models.ForeignKey(STAFF, on_delete=models.CASCADE, related_name="calls")
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE)
    channel = models.CharField(max_length=8)
    # Whoever called finds it again by this: `alarm_test:3`, `item:12`.
    about = models.CharField(max_length=40)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, default=CallState.WAITING.value)
    tries = models.PositiveSmallIntegerField(default=0)
    # When it is to be tried next; while one process sends it, the others wait until then.
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    # What the last try met: `duty.channels.Trouble`.
    trouble = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state=CallState.WAITING.value), name="call_due"
            ),
            models.Index(fields=["about"]),
            models.Index(fields=["at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CallState]),
                name="call_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[channel.value for channel in Channel]),
                name="call_over_a_known_channel",
            ),
            models.CheckConstraint(
                condition=Q(state=CallState.WAITING.value, settled_at=None)
                | (~Q(state=CallState.WAITING.value) & Q(settled_at__isnull=False)),
                name="call_settled_or_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"
