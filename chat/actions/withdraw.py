"""Take back one's own message."""

from chat import policies
from chat import protocol as p
from chat.actions import evidence
from chat.actions.sitting import Act, Answer, Sitting
from chat.actions.stamp import acked
from chat.states import MessageState
from foundation.refusals import Refused


def withdraw(sitting: Sitting, act: Act, frame: p.Withdraw) -> Answer:
    """The words go from the database, unless they are evidence; the number stays. Twice is answered
    like once.
    """
    message = sitting.message(act.room, frame.of)
    if message is None or message.state == MessageState.ERASED:
        raise Refused(p.Refusal.NO_SUCH_MESSAGE)
    is_own = message.seat_id == act.seat
    if is_own and message.state == MessageState.WITHDRAWN:
        return acked(frame.nonce, sitting.at)
    policies.may_withdraw(is_own=is_own, state=MessageState(message.state))
    return acked(frame.nonce, sitting.at, evidence.take_back(sitting, message))
