"""Rooms and everything that happens in them. Columns and constraints; no decisions."""

from django.db import models
from django.db.models import F, Q

from chat.items import STAFF, DeskVersion, Item, Recusal
from chat.own_rules import OwnRule

__all__ = [
    "DeskVersion", "Finding", "Item", "Message", "Murmur", "Mute", "Opening", "OwnRule", "Recusal",
    "Report", "Restriction", "Room", "RoomEvent", "Seat", "StampGiven", "Visit",
]  # fmt: skip


class Room(models.Model):
    """A room. `head` is the number of its newest event and moves only under the row's lock."""

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    about = models.CharField(max_length=200, blank=True)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(default=0)
    stamps = models.JSONField(default=list)
    slow_s = models.PositiveSmallIntegerField(default=0)
    # Every post waits for a supporter before the room sees it.
    premoderated = models.BooleanField(default=False)
    # The same, of whoever came within a day.
    newcomers_held = models.BooleanField(default=False)
    required_supporters = models.PositiveSmallIntegerField(default=2)
    # How many may be inside at once, about; null: nobody counts.
    capacity = models.PositiveSmallIntegerField(null=True)
    audience = models.CharField(max_length=8, default="everyone")
    # What holds in this room besides the house rules.
    rules = models.TextField(max_length=1000, blank=True)
    # The municipality that this room stands for, where it stands for one.
    municipality = models.ForeignKey(
        "programs.Municipality", null=True, on_delete=models.PROTECT, related_name="+"
    )
    holidays = models.CharField(max_length=8, default="usual")
    # Dates that aren't like their weekday: {"2026-12-31": [["20:00", "02:00"]]}; []: closed.
    special_days = models.JSONField(default=dict)
    # Counts every change of the settings by hand: two who change at once are told.
    version = models.PositiveIntegerField(default=1)
    hand = models.CharField(max_length=8, default="none")
    hand_reason = models.CharField(max_length=200, blank=True)
    # Taken away for good: sockets close with 4410.
    removed_at = models.DateTimeField(null=True)

    epoch = models.CharField(max_length=12)
    head = models.BigIntegerField(default=0)
    # The oldest number that can still be replayed is `floor + 1`.
    floor = models.BigIntegerField(default=0)

    # The gate as it was last looked at (`chat.schedule.Gate`); null: never.
    watched = models.BooleanField(null=True)
    turning_since = models.DateTimeField(null=True)

    # What the room was last told of itself; the truth is computed from clock, hand and duty.
    state = models.CharField(max_length=8, default="closed")
    until = models.DateTimeField(null=True)

    # Presence as last told, and the sample that is told next (see `chat/presence.py`).
    # [handle, mark, seat key] each; the key stays here, for erasing.
    told_band = models.CharField(max_length=4, default="few")
    told_here = models.JSONField(default=list)
    sampled_band = models.CharField(max_length=4, default="few")
    sampled_here = models.JSONField(default=list)
    sample_at = models.DateTimeField(null=True)
    tell_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                # A talk of two is kept by its counselor.
                condition=Q(required_supporters__gte=1) | Q(kind="counseling"),
                name="room_is_never_unwatched",
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=2), name="room_holds_two"
            ),
            models.CheckConstraint(
                condition=Q(turning_since__isnull=True) | Q(watched__isnull=False),
                name="room_gate_turns_from_where_it_stands",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Opening(models.Model):
    """A weekly stretch of opening hours in Japan's time. `closes <= opens` crosses midnight.

    Equal times mean the whole day round. A room without any is closed.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="openings")
    weekday = models.PositiveSmallIntegerField()  # Monday = 0
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_weekday"),
            models.UniqueConstraint(
                fields=["room", "weekday", "opens"], name="opening_once_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"opening {self.pk}"


class Seat(models.Model):
    """Someone in a room. `key` and `mark` differ from room to room, so nobody can be followed."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="seats")
    participant = models.ForeignKey(
        "accounts.Participant", null=True, on_delete=models.SET_NULL, related_name="seats"
    )
    staff = models.ForeignKey(
        "accounts.Staff", null=True, on_delete=models.PROTECT, related_name="seats"
    )
    key = models.CharField(max_length=12, unique=True)
    handle = models.CharField(max_length=20)
    mark = models.CharField(max_length=4)
    role = models.CharField(max_length=12, default="participant")
    # Of staff in a talk of two: the seat was taken away again. What was said from it stays.
    ended_at = models.DateTimeField(null=True)
    # When contact details of theirs were last stopped here; the second time within a day is told.
    contact_tried_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "participant"], name="seat_once_per_room"),
            models.UniqueConstraint(fields=["room", "staff"], name="staff_seat_once_per_room"),
        ]

    def __str__(self) -> str:
        return f"seat {self.pk}"


class Message(models.Model):
    """Something said. Erased, its words are emptied; withdrawn, unless they are evidence."""

    # Both are the first column of a unique index below; one more each would only cost.
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    seat = models.ForeignKey(
        Seat, null=True, on_delete=models.SET_NULL, related_name="messages", db_index=False
    )
    seq = models.BigIntegerField(null=True)
    nonce = models.UUIDField()
    # The author's name when it was said: a later one doesn't change what others have read.
    handle = models.CharField(max_length=20, blank=True)
    # Keyed hash of text and veil: tells a repeat from another text without keeping the words.
    body_key = models.CharField(max_length=32)
    text = models.TextField()
    veil = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10)
    stamps = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "nonce"], name="message_once_per_nonce"),
            models.UniqueConstraint(fields=["room", "seq"], name="message_number_once"),
        ]
        # Those without a number aren't in the log, by which the others are purged.
        indexes = [
            models.Index(fields=["at"], condition=Q(seq__isnull=True), name="message_unnumbered"),
            # What people don't see must have an item that someone sees.
            models.Index(
                fields=["room"],
                condition=Q(state__in=["held", "hidden"]),
                name="message_out_of_sight",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class RoomEvent(models.Model):
    """One number of a room's log that is no message: it says that something changed.

    A message is an event by its own number. Both take theirs from `Room.head` under its lock.
    """

    # The first column of a unique index below.
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="events", db_index=False)
    seq = models.BigIntegerField()
    # changed · stamped · room
    kind = models.CharField(max_length=8)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL)
    # The number of the message meant; stays when the message is purged.
    of = models.BigIntegerField(null=True)
    # For `room`: what changed. Never words of a person.
    body = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="event_number_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="event_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}"


class StampGiven(models.Model):
    """One stamp of one person on one message. Shown to others only as a number without names."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="stamps_given")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="stamps_given")
    stamp = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "seat", "stamp"], name="stamp_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"stamp {self.pk}"


class Murmur(models.Model):
    """つぶやき: said to the supporters only."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="murmurs")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="murmurs")
    nonce = models.UUIDField()
    body_key = models.CharField(max_length=32)
    text = models.TextField()
    aloud = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "nonce"], name="murmur_once_per_nonce")
        ]
        indexes = [models.Index(fields=["seat", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"murmur {self.pk}"


class Postcard(models.Model):
    """はがき: that a supporter read a murmur to the room, where its author stands nowhere."""

    murmur = models.OneToOneField(Murmur, on_delete=models.CASCADE, related_name="postcard")
    message = models.OneToOneField(
        Message, null=True, on_delete=models.SET_NULL, related_name="postcard"
    )
    read_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()
    # When its stamps went to the author as a letter; also where there were none.
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["read_at"], condition=Q(answered_at__isnull=True), name="postcard_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"postcard {self.pk}"


class Report(models.Model):
    """Someone told the supporters of a message; again, it is one more. Nobody else learns of it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reports")
    seat = models.ForeignKey(Seat, null=True, on_delete=models.SET_NULL)
    nonce = models.UUIDField(null=True)
    body_key = models.CharField(max_length=32)
    reason = models.CharField(max_length=8)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    # Its sender was told how it ended.
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "nonce"], name="report_once_per_nonce"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"


class Finding(models.Model):
    """What screening saw, for the supporters; `moderation` reads it.

    `words` is the text when nothing else keeps it (a refused text with words of crisis), with any
    contact details masked.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    seat = models.ForeignKey(Seat, null=True, on_delete=models.SET_NULL)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL)
    murmur = models.ForeignKey(Murmur, null=True, on_delete=models.SET_NULL)
    # Of whom the text told; they never learn of it, nor does whoever else reads about its author.
    about_staff = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    # Keyed hash of the text: the same words again summon nobody anew.
    body_key = models.CharField(max_length=32, blank=True)
    classes = models.JSONField(default=list)
    rules = models.JSONField(default=list)
    words = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"finding {self.pk}"


class Restriction(models.Model):
    """A mute, pause or bar. Each stands alone: lifting one lifts only that one."""

    participant = models.ForeignKey(
        "accounts.Participant", on_delete=models.CASCADE, related_name="restrictions"
    )
    # Null: everywhere.
    room = models.ForeignKey(Room, null=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=8)
    reason = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    # Null: until lifted.
    until = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("starts_at")),
                name="restriction_ends_after_start",
            )
        ]
        indexes = [
            models.Index(
                fields=["participant"],
                condition=Q(lifted_at__isnull=True),
                name="restriction_standing",
            )
        ]

    def __str__(self) -> str:
        return f"restriction {self.pk}"


class Mute(models.Model):
    """Someone who doesn't want to read someone. Applied by their own page; told to nobody."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="mutes")
    muted = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(seat=F("muted")), name="mute_not_oneself"),
        ]

    def __str__(self) -> str:
        return f"mute {self.pk}"


class Visit(models.Model):
    """One stay in a room. Coming back within 5 minutes is the same visit.

    `seen_at` is touched while a socket is open, so that a killed process leaves none open for ever.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    seat = models.ForeignKey(Seat, null=True, on_delete=models.SET_NULL, related_name="visits")
    mode = models.CharField(max_length=8, default="watching")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    posts = models.PositiveIntegerField(default=0)
    stamps = models.PositiveIntegerField(default=0)
    murmurs = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat"], condition=Q(ended_at__isnull=True), name="visit_one_open"
            )
        ]
        indexes = [models.Index(fields=["room", "ended_at", "seen_at"])]

    def __str__(self) -> str:
        return f"visit {self.pk}"
