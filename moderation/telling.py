"""What a person is told of an act: what, why, until when, and how to object."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import letters
from foundation.clock import jst
from foundation.refusals import Link
from moderation.models import Act, Appeal
from moderation.states import APPEALABLE, ActKind, AppealState, Outcome, Reason

WHAT = {
    ActKind.HIDE: gettext_lazy("あなたのことばを、ほかの人に見えないようにしました。"),
    ActKind.TURN_DOWN: gettext_lazy("あずかっていたことばは、部屋に出さないことにしました。"),
    ActKind.VEIL: gettext_lazy(
        "あなたのことばに、かぶせをつけました。読みたい人は開いて読めます。"
    ),
    ActKind.MUTE: gettext_lazy(
        "この部屋では、ことばを休みにしました。スタンプとつぶやきはつかえます。"
    ),
    ActKind.PAUSE: gettext_lazy("すこし休けいにしました。読むこととつぶやきはできます。"),
    ActKind.CHECK: gettext_lazy("あなたのことばは、支援者が読んでから部屋に出るようにしました。"),
    ActKind.ROOM_BAR: gettext_lazy("この部屋に、入れないようにしました。ほかの部屋はつかえます。"),
    ActKind.SITE_BAR: gettext_lazy(
        "部屋に入れないようにしました。窓口の案内、自分の記録を見ること・消すこと、"
        "異議を伝えることは、これからもできます。"
    ),
}
REASONS = {
    Reason.ABUSE: gettext_lazy("だれかをきずつけることばがあったため"),
    Reason.CONTACT: gettext_lazy("連絡先のやりとりになりそうだったため"),
    Reason.FLOOD: gettext_lazy("おなじことばが続いたため"),
    Reason.HEAVY: gettext_lazy("準備なしに読むと、つらくなる人がいるため"),
    Reason.CALM: gettext_lazy("部屋をしずかにしたかったため"),
    Reason.SAFETY: gettext_lazy("だれかの安全のため"),
    Reason.OTHER: gettext_lazy("つぎのため"),
}
_TITLES = {
    ActKind.PAUSE: gettext_lazy("休けいのお知らせ"),
    ActKind.WORD: gettext_lazy("支援者からのひとこと"),
    ActKind.REPLY: gettext_lazy("つぶやきを読みました"),
}
_UNDONE = gettext_lazy("まえのお知らせは、取り消しになりました。もとにもどっています。")
_OUTCOMES = {
    Outcome.ACTED: gettext_lazy(
        "しらせてくれたことばを読んで、手をうちました。ありがとうございました。"
    ),
    Outcome.NOTHING: gettext_lazy(
        "しらせてくれたことばを読みました。いまは、そのままにしています。また気になったら、しらせてください。"
    ),
    Outcome.GONE: gettext_lazy("しらせてくれたことばは、もう部屋にありません。"),
}


def when(at: datetime) -> str:
    """A moment as people in Japan say it."""
    local = jst(at)
    return f"{local.month}月{local.day}日 {local.hour}:{local.minute:02}"


def why(act: Act) -> str:
    """The reason of an act, with its own words where there are some."""
    said = str(REASONS[Reason(act.reason)])
    return f"{said}（{act.note}）" if act.note else said


def of_act(act: Act) -> str:
    """What, why, until when."""
    told = [_("部屋で読んだ、はがきのことです。")] if act.evidence.get("card") else []
    told += [str(WHAT[ActKind(act.kind)]), _("わけ: %(why)s") % {"why": why(act)}]
    if act.until is not None:
        told.append(
            _("%(until)s までです。時間がくると、ひとりでにもどります。")
            % {"until": when(act.until)}
        )
    elif act.kind == ActKind.SITE_BAR:
        told.append(_("おわりの日は決まっていません。"))
    if act.words:
        told.append(act.words)
    return "\n".join(told)


def said_in(act: Act) -> str:
    """An act as its person read it."""
    return act.words if ActKind(act.kind) in (ActKind.WORD, ActKind.REPLY) else of_act(act)


def to_tell(act: Act) -> Link:
    """The way on from a letter to where one tells of it."""
    return Link(_("このことばが、つらかったとき"), f"/standing/{act.pk}/tell/")


def tell(act: Act, *, now: datetime) -> None:
    """The letter about an act, in the transaction of the act; to nobody where nobody is."""
    if act.participant_id is None:
        return
    kind = ActKind(act.kind)
    links = [to_tell(act)] if kind in (ActKind.WORD, ActKind.REPLY) else []
    text = said_in(act)
    if kind in APPEALABLE:
        links = [Link(_("ちがうと思うとき"), f"/standing/{act.pk}/")]
    letters.write(
        act.participant_id,
        kind=letters.Kind.REPLY if kind in (ActKind.WORD, ActKind.REPLY) else letters.Kind.WARNING,
        title=str(_TITLES.get(kind, _("支援者からのお知らせ"))),
        text=text,
        links=links,
        now=now,
    )


def tell_undone(act: Act, *, now: datetime) -> None:
    """The letter that an act was undone."""
    if act.participant_id is not None:
        letters.write(
            act.participant_id, kind=letters.Kind.REPLY, title=_("取り消しのお知らせ"),
            text=f"{_UNDONE}\n{WHAT[ActKind(act.kind)]}", now=now,
        )  # fmt: skip


def tell_outcome(participant: int, outcome: Outcome, *, now: datetime) -> None:
    """One line for whoever reported: how it ended."""
    letters.write(
        participant, kind=letters.Kind.REPLY, title=_("しらせてくれたこと"),
        text=str(_OUTCOMES.get(outcome, _OUTCOMES[Outcome.NOTHING])), now=now,
    )  # fmt: skip


def answered_in(appeal: Appeal) -> str:
    """The answer to an objection as its person read it."""
    said = judged(appeal.act, overturned=appeal.state == AppealState.OVERTURNED)
    return f"{said}\n{appeal.answer}".strip()


def tell_judged(appeal: Appeal, *, now: datetime) -> None:
    """The answer to an objection; of it, too, its person may tell."""
    act = appeal.act
    if act.participant_id is None:
        return
    words = ""
    if appeal.state == AppealState.OVERTURNED and act.kind == ActKind.TURN_DOWN:
        words = act.evidence.get("text", "")
    links = [Link(_("このことばが、つらかったとき"), f"/standing/{act.pk}/answer/tell/")]
    letters.write(
        act.participant_id, kind=letters.Kind.REPLY, title=_("読みなおしました"),
        text=f"{answered_in(appeal)}\n\n{words}".strip(), links=links, now=now,
    )  # fmt: skip


def judged(act: Act, *, overturned: bool) -> str:
    """What became of an objection. Held words never come late into the room without asking: where
    they should have come, they go back to whoever wrote them.
    """
    if not overturned:
        return _("べつの人が読みなおしました。決めたことは、そのままになります。")
    if act.kind == ActKind.TURN_DOWN:
        return _(
            "べつの人が読みなおして、出さないと決めたことを取り消しました。"
            "時間がたったので、いまから部屋に出すことはせず、てがみでことばをお返しします。"
        )
    return _("べつの人が読みなおして、取り消しました。")


def tell_returned(participant: int, text: str, *, now: datetime) -> None:
    """A held message comes back to its author with a kind word, never late into the room."""
    letters.write(
        participant, kind=letters.Kind.REPLY, title=_("あずかっていたことばを、お返しします"),
        text=_(
            "読める支援者がいないまま時間がたったので、部屋には出さずにお返しします。"
            "あなたのことばがわるかったのではありません。"
        )
        + f"\n\n{text}",
        now=now,
    )  # fmt: skip
