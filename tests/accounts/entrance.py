"""Reading what a browser holds, for the tests of the entrance."""

from django.test import Client

from accounts import addresses, doors, guesses
from accounts.models import Participant


def rest() -> None:
    """Forget every count of this process."""
    guesses.forget()
    addresses.forget()
    doors.forget()


def person(client: Client) -> Participant:
    """Whose seat a browser holds."""
    return Participant.objects.get(pk=client.session["participant"])


def passphrase_of(client: Client) -> str:
    """Make a 合言葉 in this browser, as its owner reads it from the page."""
    answer = client.post("/me/passphrase/")
    assert answer.status_code == 200
    return str(answer.context["new_passphrase"])
