"""Staff, who sign in; participants, who never say who they are; the letters that wait for them."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from accounts.states import Role


class Staff(AbstractUser):
    """A member of staff. `AUTH_USER_MODEL` from the first migration: Django can't change it later.

    A participant is not a user: nothing of theirs is ever a row here.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    # What people in rooms see beside the supporter's badge.
    display_name = models.CharField(max_length=20, blank=True)
    is_demo = models.BooleanField(default=False)
    # Counts every change of what they may do; sockets on every process compare it.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "staff"


class RoleGrant(models.Model):
    """A role that a member of staff holds in a program, from a day of training to an expiry.

    Never changed into another one: it ends, and a new one is granted.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=12)  # `accounts.states.Role`
    # Null for an admin alone, who is of no program.
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, null=True)
    trained_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)  # the last day on which it holds, in Japan
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="grant_of_a_known_role",
            ),
            models.CheckConstraint(
                condition=models.Q(role=Role.ADMIN.value, program__isnull=True)
                | (~models.Q(role=Role.ADMIN.value) & models.Q(program__isnull=False)),
                name="grant_of_no_program_is_an_admins",
            ),
            models.UniqueConstraint(
                fields=["staff", "role", "program"],
                condition=models.Q(ended_at__isnull=True),
                name="grant_open_once",
            ),
            # SQL takes two nulls for different programs.
            models.UniqueConstraint(
                fields=["staff"],
                condition=models.Q(ended_at__isnull=True, program__isnull=True),
                name="grant_of_admin_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class RoleRoom(models.Model):
    """A room that a supporter's grant is narrowed to. None of them: every room of the program.

    `room` is a room's number and not a foreign key: `accounts` stands below `chat`.
    """

    grant = models.ForeignKey(RoleGrant, on_delete=models.CASCADE, related_name="rooms")
    room = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "room"], name="grant_names_a_room_once")
        ]

    def __str__(self) -> str:
        return f"room {self.room} of grant {self.grant_id}"


class Invitation(models.Model):
    """A link that lets one person become, or become again, a member of staff. Used once.

    The link itself is nowhere: it is found by a hash. `staff` is the account that it is for, or
    None until somebody accepts.
    """

    key = models.CharField(max_length=64, unique=True)  # SHA-256 of the token, hex
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    # None of these for an account that has its roles already.
    role = models.CharField(max_length=12, blank=True)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, null=True)
    rooms = models.JSONField(default=list)
    trained_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)  # of the role
    display_name = models.CharField(max_length=20, blank=True)
    # The old second factors go: the telephone was lost.
    drops_factors = models.BooleanField(default=False)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class StaffSession(models.Model):
    """A sign-in of a member of staff, who can end it from elsewhere. No address, no agent."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"session {self.pk}"


class Participant(models.Model):
    """Someone who entered. No e-mail, telephone, name or address of theirs exists anywhere.

    `version` counts every change of their standing (mute, bar, sign-out, letter); sockets on every
    process compare it to learn that something changed.
    """

    handle = models.CharField(max_length=20)
    # Keyed HMAC-SHA256 of the folded 合言葉, hex; the key is outside the database.
    passphrase_key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique
    passphrase_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    entered_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"participant {self.pk}"


class Letter(models.Model):
    """てがみ: what was said to a participant, kept until read + 30 days.

    Written in the transaction of the deed it tells of, before any frame is sent.
    """

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="letters")
    # care · contact · warning · invitation · reply (`accounts.letters.Kind`)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=80)
    text = models.TextField()
    links = models.JSONField(default=list)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["participant", "id"])]

    def __str__(self) -> str:
        return f"letter {self.pk}"
