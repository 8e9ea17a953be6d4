"""Staff, who sign in; participants, who never say who they are; the letters that wait for them."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Staff(AbstractUser):
    """A member of staff. `AUTH_USER_MODEL` from the first migration: Django can't change it later.

    A participant is not a user: nothing of theirs is ever a row here.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    # What people in rooms see beside the supporter's badge.
    display_name = models.CharField(max_length=20, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "staff"


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
