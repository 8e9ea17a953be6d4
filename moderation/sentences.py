"""What a "no" says at the desk, and what colleagues are told. Plain and short."""

from django.utils.translation import gettext_lazy as _

from duty.channels import Trouble
from duty.models import Call, Notice
from duty.states import CallState, Channel, NoticeKind

_REFUSALS = {
    # a shift
    "moved_on": _("この当番は、もう先へすすんでいます。いまのようすを見てください。"),
    "too_early": _("はじめられるのは、15分まえからです。"),
    "shift_over": _("この当番の時間は、おわっています。"),
    "on_another_shift": _("いま、べつの当番がつづいています。さきに、そちらをおわってください。"),
    "no_such_supervisor": _("相談先を、ひとりえらんでください。いま連絡のつく人だけが出ています。"),
    "not_begun": _("当番をはじめてから(休憩のときは、もどってから)、できます。"),
    "too_many_rooms": _("見守れる部屋は、ふたつまでです。ひとつはなれてから、えらんでください。"),
    "alone": _("いまはひとりなので、見守れる部屋はひとつです。ほかは、しずかな部屋になります。"),
    # planning
    "no_supporter": _("支援者をえらんでください。"),
    "no_day": _("日にちをえらんでください。"),
    "no_time": _("時間を「20:00」のように入れてください。"),
    "no_length": _("はじめとおわりが、おなじ時間です。"),
    "shift_too_long": _("長すぎます。当番は12時間まで、予定にない当番は4時間までです。"),
    "in_the_past": _("すぎた時間には、入れられません。"),
    "not_a_supporter": _("この人は、いま、この事業の支援者ではありません。"),
    "not_trained": _("研修の日が記録されていないので、当番に入れません。"),
    "not_their_room": _("この人が受けもつ部屋を、えらんでください。"),
    "no_such_room": _("えらんだ部屋は、いまはありません。"),
    "shifts_overlap": _("おなじ人の、べつの当番とかさなっています。"),
    "patterns_overlap": _("おなじ人の、べつの予定とかさなっています。夜中もごらんください。"),
    "too_many_patterns": _("くりかえしの予定は、ひとり100までです。"),
    "out_of_range": _("はいる数をこえています。"),
    # colleagues
    "asked_already": _("もう、たずねています。"),
    "cannot_keep": _("その人は、この当番に入れません。"),
    "nobody_to_ask": _("いま、この当番に入れる人が、ほかにいません。統括に相談してください。"),
    "taken_already": _("もう、ほかの人がかわってくれました。"),
    "not_your_room": _("あなたの受けもちの部屋ではないので、かわれません。統括に伝えてください。"),
    "own_test": _("自分でよんだものは、ほかの人にうけとってもらってください。"),
    # words
    "empty": _("ことばを入れてください。"),
    "too_long": _("2000文字までにしてください。"),
    "malformed": _("つかえない文字が入っているようです。"),
    "no_supervisor": _("この当番には、相談先がいません。自分だけのメモにしてください。"),
    "no_push_address": _("このブラウザの受けとり先は、つかえない形でした。メールをえらべます。"),
    "too_many_browsers": _("受けとる端末は、5つまでです。つかわないものを外してください。"),
    "no_mail_address": _("メールアドレスを見なおしてください。"),
    "no_channel": _("よび方を、ひとつはえらんでください。"),
}  # fmt: skip

CHANNELS = {
    Channel.DESK: _("机の画面"),
    Channel.PUSH: _("プッシュ通知"),
    Channel.EMAIL: _("メール"),
}

_OUTCOMES = {
    CallState.WAITING: _("送っています"),
    CallState.SENT: _("送りました"),
    CallState.FAILED: _("届きませんでした"),
}
_TROUBLES = {
    Trouble.NO_WAY: _("送り先がありません。本人に「よびだし」のページをひらいてもらってください。"),
    Trouble.GONE: _("端末が受けとりをやめていました。もう一度、その端末で加えてもらってください。"),
    Trouble.REFUSED: _("相手のサーバーがことわりました。アドレスと設定を見てください。"),
    Trouble.SILENT: _("相手のサーバーから、返事がありませんでした。"),
}  # fmt: skip

_NOTICES = {
    NoticeKind.PLANNED: _("当番表に、あなたの当番が入りました。"),
    NoticeKind.CANCELLED: _("あなたの当番が、ひとつなくなりました。"),
    NoticeKind.SWAP_ASKED: _("%(who)sさんから「かわってもらえますか」。"),
    NoticeKind.SWAP_GONE: _("たずねられていた当番は、もうだいじょうぶになりました。"),
    NoticeKind.SWAP_GIVEN: _("%(who)sさんが、あなたの当番をかわってくれます。"),
    NoticeKind.SWAP_TAKEN: _("%(who)sさんの当番を、かわることになりました。"),
    NoticeKind.RELIEF_ASKED: _("%(who)sさんが「かわって」と言っています。"),
    NoticeKind.RELIEF_TAKEN: _("%(who)sさんがかわってくれました。ゆっくりしてください。"),
}

VERDICTS = {
    "new": _("入れます"),
    "there": _("もう入っています"),
}


def sentence(code: str) -> str:
    """The sentence for a refusal's code, in the reader's language."""
    return str(_REFUSALS.get(code, _REFUSALS["moved_on"]))


def outcome(call: Call) -> str:
    """What became of a call, and what to do where it didn't arrive."""
    said = str(_OUTCOMES[CallState(call.state)])
    return f"{said} — {_TROUBLES[Trouble(call.trouble)]}" if call.trouble else said


def verdict(code: str) -> str:
    """What a month's plan would do for a day, or why it wouldn't."""
    return str(VERDICTS[code]) if code in VERDICTS else sentence(code)


def told(notice: Notice, *, who: str) -> str:
    """What a notice says."""
    return str(_NOTICES[NoticeKind(notice.kind)]) % {"who": who}


def knows(code: str) -> bool:
    """Whether there is a sentence of its own for a code."""
    return code in _REFUSALS
