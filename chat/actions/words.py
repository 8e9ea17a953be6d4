"""What happens to every well-formed text before anything else: it is screened.

Words of crisis bring a card and a flag also when the text is then refused; contact details and
one's own 合言葉 stop it.
"""

from django.utils.translation import gettext as _

from accounts import letters, passphrase
from chat.actions.sitting import Letter, Sitting
from chat.models import Finding, Message, Murmur, Seat
from chat.protocol import Refusal
from chat.screening import Screened, screen
from foundation.refusals import Link, Refused

CARE_LINKS = (Link("いま話せるところ", "/now/"),)


def look_at(sitting: Sitting, seat: Seat, text: str) -> Screened:
    """Screen a text; for words of crisis stage the card. The flag is staged by `flag`."""
    screened = screen(text)
    if screened.crisis and seat.participant_id:
        sitting.add_letter(
            Letter(
                participant=seat.participant_id,
                kind=letters.Kind.CARE,
                title=_("読みました"),
                text=_(
                    "書いてくれたことは、とめていません。支援者にも知らせを残しました。"
                    "いますぐ人と話せるところもあります。話すのがむずかしければ、文字で話せるところもあります。"
                ),
                links=CARE_LINKS,
            )
        )
    return screened


def flag(
    sitting: Sitting, seat: Seat, screened: Screened, text: str, *,
    message: Message | None = None, murmur: Murmur | None = None,
) -> None:  # fmt: skip
    """Tell the supporters what screening saw. Words are kept only where nothing else keeps them."""
    if not screened.findings:
        return
    stored = message is not None or murmur is not None
    if not screened.crisis and not stored:
        return  # contact details alone: nothing was stored, and nothing is
    sitting.add_finding(
        Finding(
            room_id=seat.room_id,
            seat=seat,
            message=message,
            murmur=murmur,
            classes=sorted({one.kind for one in screened.findings}),
            rules=sorted({one.rule for one in screened.findings}),
            words="" if stored else screened.masked(text),
            at=sitting.now,
        )
    )


def stop_if_unsafe(seat: Seat, screened: Screened, text: str) -> None:
    """Refuse one's own 合言葉 and contact details, whoever the sender is."""
    person = seat.participant
    if person and person.passphrase_key and passphrase.contained_in(text, person.passphrase_key):
        raise Refused(Refusal.PASSPHRASE)
    if screened.contact:
        raise Refused(Refusal.CONTACT)
