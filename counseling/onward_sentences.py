"""What the states, steps and choices of a referral are called, and what consent says."""

from django.utils.translation import gettext_lazy as _

from counseling.models import Referral
from counseling.sentences import CHANNELS
from counseling.states import (
    CaseState,
    DoorRule,
    Evidence,
    Goal,
    Gone,
    Heading,
    MeetingState,
    Mover,
    ReferralState,
    Sent,
    Stage,
    VisitState,
)
from foundation.clock import jst
from foundation.likely import Tells
from ledger.states import Reason
from programs.states import Accepts

STATES = {
    ReferralState.PROPOSED: _("提案"),
    ReferralState.AGREED: _("同意"),
    ReferralState.SENT: _("送付"),
    ReferralState.ACCEPTED: _("受理"),
    ReferralState.LINKED: _("つながった"),
    ReferralState.FAILED: _("不成立"),
    ReferralState.WITHDRAWN: _("取り下げ"),
}
# What each state means to the person, on their page.
MEANINGS = {
    ReferralState.PROPOSED: _("まだ、なにもおくられていません。きめるのは、あなたです。"),
    ReferralState.AGREED: _("相談員が、このことばを、このままおくります。まだ、やめられます。"),
    ReferralState.SENT: _("むこうの返事を待っています。うけとられるまで、やめられます。"),
    ReferralState.ACCEPTED: _("むこうが、うけとりました。行くかどうかは、あなたがきめます。"),
    ReferralState.LINKED: _("つながりました。ここには、いつでももどってこられます。"),
    ReferralState.FAILED: _("こんどは、つながりませんでした。あなたのせいではありません。"),
    ReferralState.WITHDRAWN: _("取り下げました。理由はいりません。"),
}
GOALS = {
    Goal.AGENCY: _("支援機関"),
    Goal.PLACE: _("対面の居場所"),
    Goal.WORK_EXPERIENCE: _("職場体験"),
    Goal.HOUSEHOLD: _("家計相談"),
    Goal.SPECIALISTS: _("専門チーム"),
    Goal.EMPLOYMENT: _("就労と、そのあと"),
    Goal.FAMILY: _("家族会・家族のための講座(CRAFTなど)"),
}
STAGES = {
    Stage.OFFERED: _("紹介した"),
    Stage.FIRST_TALK: _("はじめて話した"),
    Stage.TRIED: _("やってみた"),
    Stage.LOOKED_BACK: _("ふりかえった"),
    Stage.TEAM_MET: _("チームと会った"),
    Stage.PLANNED: _("これからを、いっしょに考えた"),
    Stage.EMPLOYED: _("はたらきはじめた"),
    Stage.AFTER_A_MONTH: _("1か月後に、ようすをきいた"),
    Stage.AFTER_HALF_A_YEAR: _("半年後に、ようすをきいた"),
}
HEADINGS = {
    Heading.SELF: _("いまのようす"),
    Heading.CALLER: _("相談した人のこと"),
    Heading.ABSENT: _("本人のこと(相談した人が書いたこと。本人は未同意)"),
    Heading.WISH: _("してほしいこと"),
    Heading.EASE: _("気をつけてほしいこと"),
    Heading.REACH: _("連絡のしかた"),
}
MOVERS = {
    Mover.PERSON: _("あなた"),
    Mover.COUNSELOR: _("相談員"),
    Mover.AGENCY: _("つながり先"),
}
WAYS = {
    Sent.LINK: _("リンク"),
    Sent.TELEPHONE: _("電話"),
    Sent.FAX: _("ファックス"),
    Sent.PAPER: _("紙(手わたし・郵送)"),
}
# What became of a detail that was sent, in the house: what the recipient holds it holds.
GONE = {
    Gone.TAKEN_BACK: _("ここからは、消しました。"),
    Gone.REPLACED: _("そのあと、新しいものに入れかえました。"),
    Gone.EXPIRED: _("ここからは、期限がきて消えました。"),
}
EVIDENCES = {
    Evidence.AGENCY_TOLD: _("つながり先からきいた"),
    Evidence.PERSON_TOLD: _("本人からきいた"),
    Evidence.WENT_ALONG: _("いっしょに行った"),
}
MEETINGS = {
    MeetingState.OFFERED: _("えらべます"),
    MeetingState.CHOSEN: _("きまりました"),
    MeetingState.NONE_FITS: _("どれも合いませんでした"),
    MeetingState.HELD: _("会えました"),
    MeetingState.NOT_THIS_TIME: _("こんどは見おくり"),
    MeetingState.CANCELLED: _("取りやめ"),
}
RULES = {
    DoorRule.NO_BELL: _("呼び鈴を鳴らさない"),
    DoorRule.NO_UNIFORM: _("ふつうの服で来る"),
    DoorRule.PARK_AWAY: _("車は、はなれたところに止める"),
    DoorRule.TELL_NOBODY: _("家の人にも、近所の人にも、なにも言わない"),
    DoorRule.ONLY_THE_DOOR: _("玄関まで"),
    DoorRule.LETTER_WILL_DO: _("出られなかったら、手紙をおいて帰る"),
}
VISITS = {
    VisitState.PLANNED: _("こうほです。まだ、だれも行きません"),
    VisitState.AGREED: _("きまりました"),
    VisitState.BEGUN: _("いま、行っています"),
    VisitState.ENDED: _("おわりました"),
    VisitState.NOT_THIS_TIME: _("こんどは、会わずに帰りました"),
    VisitState.CANCELLED: _("取りやめ。だれも行きません"),
}
REASONS = {
    Reason.MISTYPED: _("入れまちがい"),
    Reason.TWICE: _("二重に記録した"),
    Reason.WRONG_DAY: _("日付のまちがい"),
    Reason.NOT_CONFIRMED: _("確認がとれていなかった"),
}
ACCEPTS = {
    Accepts.PERSON: _("本人から"),
    Accepts.FAMILY: _("家族から"),
    Accepts.SUPPORTER: _("支援者から"),
    Accepts.TELEPHONE: _("電話で"),
    Accepts.VISIT: _("行って話せる"),
    Accepts.OUTREACH: _("来てくれる"),
    Accepts.ONLINE: _("オンラインで"),
    Accepts.MAIL: _("メールで"),
}
WHENS = {
    "weekday": _("平日の昼"),
    "evening": _("夕方から夜"),
    "weekend": _("土曜・日曜"),
}
# What a sentence of a packet seems to hold.
TELLS = {
    Tells.TELEPHONE: _("電話番号"),
    Tells.ADDRESS: _("住所"),
    Tells.MAIL: _("メールアドレス"),
    Tells.NAME: _("名前"),
}
# What else can stand in the list of steps.
STEPS = {
    **{state.value: label for state, label in STATES.items()},
    **{stage.value: label for stage, label in STAGES.items()},
    "chosen": _("つながり先をえらんだ"),
    "edited": _("ことばを直した"),
    "printed": _("シートを紙にした"),
    "told": _("取り下げを、おくった先に伝えた"),
    "undone": _("記録を取り消した"),
    "link-opened": _("リンクと番号で、シートを開いた"),
    "link-read": _("シートを読んだ"),
    "link-wrong": _("ちがう番号が入れられた"),
    "link-pdf": _("シートのPDFをうけとった"),
    "link-late": _("使えなくなったリンクが開かれた"),
}
# Version 1 (`packet.WORDING`). Changing a word of these means raising it.
CONSENT = (
    _("上のことばと、しるしをつけた連絡先だけを、上のつながり先ひとつに渡します。"),
    _("渡した先は、これを、あなたの支援のためだけに使います。"),
    _(
        "むこうがうけとるまで、いつでも、理由なしに取り下げられます。おくったあとなら、相手にも伝えます。"
    ),
    _("同意は90日で切れます。切れたら、もう一度きくまで、おくりません。"),
)

# The same, as it is read to somebody without a page; it goes by the same version.
CONSENT_ALOUD = (
    _("読みあげたことばと、渡してよいと言われた連絡先だけを、つながり先ひとつに渡します。"),
    _("渡した先は、これを、この人の支援のためだけに使います。"),
    _(
        "むこうがうけとるまで、いつでも、理由なしに取り下げられます。電話で言えば足ります。"
        "おくったあとなら、相手にも伝えます。"
    ),
    _("同意は、話した日から90日で切れます。切れたら、もう一度きくまで、おくりません。"),
)


def meaning(referral: Referral) -> str:
    """What its state means to the person; of a closed case nothing is sent."""
    if referral.state == ReferralState.AGREED and referral.case.state == CaseState.CLOSED:
        return str(
            _("相談がひとくぎりになったので、いまは、なにもおくりません。取り下げられます。")
        )
    return called(MEANINGS, referral.state)


def said_aloud(channel: str, *, by: str = "") -> str:
    """How somebody without a page said so, and who wrote it down; "" where they did it there."""
    if not channel:
        return ""
    who = f"{_('相談員')} {by}" if by else str(_("相談員"))
    return str(_("%(how)s・記録：%(who)s")) % {"how": called(CHANNELS, channel), "who": who}


def answered(referral: Referral) -> str:
    """When and how a recipient's yes came that a counselor wrote down."""
    if referral.accepted_at is None:
        return ""
    at = jst(referral.accepted_at)
    how = called(WAYS, referral.accepted_by)
    return str(_("%(month)d月%(day)d日 %(time)s・%(how)s")) % {
        "month": at.month, "day": at.day, "time": f"{at.hour}:{at.minute:02d}", "how": how,
    }  # fmt: skip


def called(labels: object, value: str) -> str:
    """What a value is called; itself where it isn't known."""
    return str(labels.get(value, value)) if isinstance(labels, dict) else value
