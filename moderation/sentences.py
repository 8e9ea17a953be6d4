"""What a "no" says at the desk, and what colleagues are told. Plain and short."""

from django.utils.translation import gettext_lazy as _

from chat.states import ItemKind
from duty.channels import Trouble
from duty.models import Call, Notice
from duty.states import CallState, Channel, NoticeKind
from moderation.states import ActKind, Many, Reason

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
    "no_day": _("日にちを、2099年までのなかからえらんでください。"),
    "no_time": _("時間を「20:00」のように入れてください。"),
    "no_length": _("はじめとおわりが、おなじ時間です。"),
    "shift_too_long": _("長すぎます。当番は12時間まで、予定にない当番は4時間までです。"),
    "in_the_past": _("すぎた時間には、入れられません。"),
    "not_a_supporter": _("この人は、いま、この事業の支援者ではありません。"),
    "not_trained": _("研修の日が記録されていないので、当番に入れません。"),
    "after_the_role": _(
        "役割のさいごの日をすぎる当番には、入れません。統括が期限をのばすと、入れます。"
    ),
    "not_their_room": _("この人が受けもつ部屋を、えらんでください。"),
    "no_such_room": _("えらんだ部屋は、いまはありません。"),
    "shifts_overlap": _("おなじ人の、べつの当番とかさなっています。"),
    "patterns_overlap": _("おなじ人の、べつの予定とかさなっています。夜中もごらんください。"),
    "too_many_patterns": _("くりかえしの予定は、ひとり100までです。"),
    "changed_meanwhile": _(
        "開いているあいだに、ほかの人が変えました。まだ保存していません。"
        "いまの内容を見て、よければもう一度おねがいします。"
    ),
    "out_of_range": _("はいる数をこえています。"),
    # colleagues
    "asked_already": _("もう、たずねています。"),
    "cannot_keep": _("その人は、この当番に入れません。"),
    "nobody_to_ask": _("いま、この当番に入れる人が、ほかにいません。統括に相談してください。"),
    "taken_already": _("もう、ほかの人がかわってくれました。"),
    "not_your_room": _("あなたの受けもちの部屋ではないので、かわれません。統括に伝えてください。"),
    "taken_off": _("この当番では、この部屋はほかの人にまかせました。"),
    "own_test": _("自分でよんだものは、ほかの人にうけとってもらってください。"),
    # what waits
    "claimed_already": _("ほかの人が、いま読んでいます。10分うごきがないと、かわれます。"),
    "settled": _("もう、おわっています。"),
    "closed": _("この処置は、もうおわっているか、取り消されています。"),
    "must_be_judged": _("これは、決めることでおわります。出す・出さない、などをえらんでください。"),
    "nothing_chosen": _("ひとつも、えらばれていません。"),
    # はがき
    "card_read_already": _("このはがきは、もう部屋で読まれました。"),
    "card_not_aloud": _("書いた人が、やっぱり読まないでほしいと言いました。"),
    "card_quiet": _("部屋がしずかなので、いまは読めません。開いたら、また読めます。"),
    "card_locked": _("部屋が読むだけなので、いまは読めません。開いたら、また読めます。"),
    "card_closed": _("部屋が閉まっているので、いまは読めません。開いたら、また読めます。"),
    "card_ending": _("部屋がもうすぐおわるので、つぎに開いたときに読みましょう。"),
    "card_muted": _("書いた人がことばを休んでいるので、いまは読めません。"),
    "card_paused": _("書いた人が休けいしているので、いまは読めません。"),
    "card_contact": _("部屋では読めないことばが入っています。つぶやきとして、返事ができます。"),
    # acts
    "no_end": _("いつまでかを、えらんでください。"),
    "no_plan": _("もどってくるときのことを、ひとこと書いてください。本人に伝わります。"),
    "no_veil": _("かぶせのことばを入れてください。"),
    "no_seconds": _("何秒おきにするかを、えらんでください。"),
    "no_reason": _("わけを、ひとつえらんでください。"),
    "too_long_for_you": _(
        "長すぎます。支援者は24時間まで、統括は30日までです。それより長くは、ふたりで決めます。"
    ),
    "own_words": _("自分のことばは、ほかの人に読んでもらってください。"),
    "not_a_participant": _("この人には、この処置はできません。"),
    "contact": _("連絡先のようなものが入っています。だれのことばでも、連絡先は送れません。"),
    "proposed_already": _("もう、ほかの統括にたずねています。"),
    "same_coordinator": _("提案した人とはべつの統括が、決めます。"),
    "too_near": _("7日以内に、どちらかがもうひとりをむかえたときは、ふたりめになれません。"),
    "same_judge": _("処置をした人とはべつの人が、読みなおします。"),
    "not_appealable": _("これには、異議を出せません。"),
    "too_late": _("異議を出せるのは、おわってから20日までです。つぶやきで、いつでも話せます。"),
    "appealed_already": _("もう、受けとっています。べつの人が読みなおしているところです。"),
    "gone": _("本人が記録を消したので、もうできません。"),
    # words
    "empty": _("ことばを入れてください。"),
    "too_long": _("2000文字までにしてください。"),
    "note_too_long": _("500文字までにしてください。"),
    "passphrase": _("合言葉は、ここには書かないでください。"),
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
KINDS = {
    ItemKind.CRISIS: _("いのちのことば"),
    ItemKind.HELD: _("あずかり"),
    ItemKind.REPORT: _("しらせ"),
    ItemKind.FLAG: _("気になることば"),
    ItemKind.PROPOSAL: _("ふたりで決めること"),
    ItemKind.APPEAL: _("異議"),
    ItemKind.MURMUR: _("つぶやき"),
    ItemKind.HIDDEN: _("かくしたことば"),
}
# Reasons of reports and classes of findings.
ABOUT = {
    "abuse": _("きずつけることば"),
    "contact": _("連絡先"),
    "worry": _("しんぱい"),
    "privacy": _("だれかの秘密"),
    "other": _("そのほか"),
    "crisis": _("いのち"),
    "likeness": _("気がかり"),
    "attack": _("攻撃"),
    "flood": _("くりかえし"),
}
ACTS = {
    ActKind.APPROVE: _("部屋に出した"),
    ActKind.TURN_DOWN: _("部屋に出さなかった"),
    ActKind.RETURN: _("本人に返した"),
    ActKind.HIDE: _("かくした"),
    ActKind.RESTORE: _("もどした"),
    ActKind.VEIL: _("かぶせをつけた"),
    ActKind.WORD: _("ひとこと"),
    ActKind.REPLY: _("つぶやきへの返事"),
    ActKind.MUTE: _("ことばを休み"),
    ActKind.PAUSE: _("休けい"),
    ActKind.CHECK: _("さきに読む"),
    ActKind.ROOM_BAR: _("この部屋に入れない"),
    ActKind.SITE_BAR: _("どの部屋にも入れない"),
    ActKind.SLOW: _("ゆっくり"),
    ActKind.PREMODERATE: _("みんなのことばを、さきに読む"),
    ActKind.NEWCOMERS: _("きたばかりの人のことばを、さきに読む"),
    ActKind.LOCK: _("読むだけ"),
    ActKind.AWAY: _("すこし席をはずした"),
}
MANY = {
    Many.APPROVE: _("部屋に出す"),
    Many.HIDE: _("かくす"),
    Many.NOTHING: _("「読んだ・そのままでよい」でおわりにする"),
}
REASONS = {
    Reason.ABUSE: _("きずつけることば"),
    Reason.CONTACT: _("連絡先"),
    Reason.FLOOD: _("くりかえし"),
    Reason.HEAVY: _("読むとつらくなる"),
    Reason.CALM: _("部屋をしずかに"),
    Reason.SAFETY: _("安全"),
    Reason.OTHER: _("そのほか"),
}

_NOTICES = {
    NoticeKind.PLANNED: _("当番表に、あなたの当番が入りました。"),
    NoticeKind.CANCELLED: _("あなたの当番が、ひとつなくなりました。"),
    NoticeKind.SWAP_ASKED: _("%(who)sさんから「かわってもらえますか」。"),
    NoticeKind.SWAP_GONE: _("たずねられていた当番は、もうだいじょうぶになりました。"),
    NoticeKind.SWAP_GIVEN: _("%(who)sさんが、あなたの当番をかわってくれます。"),
    NoticeKind.SWAP_TAKEN: _("%(who)sさんの当番を、かわることになりました。"),
    NoticeKind.RELIEF_ASKED: _("%(who)sさんが「かわって」と言っています。"),
    NoticeKind.ROLE_OVER: _(
        "%(who)sさんの支援者の役割がおわりました。この当番からあとは、当番表からはずれています。"
    ),
    NoticeKind.RELIEF_TAKEN: _("%(who)sさんがかわってくれました。ゆっくりしてください。"),
    NoticeKind.VISIT_OFF: _(
        "この訪問は、取りやめになったか、行く人がかわりました。行かなくて、だいじょうぶです。"
    ),
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
