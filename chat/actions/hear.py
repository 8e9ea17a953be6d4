"""What somebody says who may not come in is screened as any other text: need in it is heard."""

from chat import protocol as p
from chat.actions import words
from chat.actions.sitting import Act, Sitting
from foundation.refusals import Refused
from foundation.tidy import clean


def hear(sitting: Sitting, act: Act) -> None:
    """The card and the flag for words that go nowhere else; nothing for what has no words."""
    frame, seat = act.frame, sitting.seat(act)
    about, quoted = None, isinstance(frame, p.Report)
    match frame:
        case p.Post(text=text, veil=veil):
            said = f"{veil}\n{text}" if veil else text
        case p.Murmur(text=said):
            pass
        case p.Report(of=of, note=said):
            message = sitting.message(act.room, of)
            about = message.seat.staff_id if message is not None and message.seat else None
        case _:
            return
    try:
        said = clean(said)
    except Refused:
        return
    look = words.look_at(sitting, sitting.actor(act), said, about_staff=about)
    if look.screened.care or not quoted:
        words.flag(sitting, seat, look, said, about_staff=about, quoted=quoted)
