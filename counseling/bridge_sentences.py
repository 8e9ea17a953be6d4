"""What つなぎ from whoever asked to the person is called, and what each of the two reads."""

from django.utils.translation import gettext_lazy as _

from counseling.bridge import BridgeState, Side, Tells

# At the desk.
STATES = {
    BridgeState.PROPOSED: _("相談した人に見てもらっています"),
    BridgeState.CALLER_AGREED: _("相談した人が同意"),
    BridgeState.REACHED: _("本人に伝えた"),
    BridgeState.PERSON_AGREED: _("本人が同意"),
    BridgeState.MET: _("はじめて会えた"),
    BridgeState.LINKED: _("つながった"),
    BridgeState.STOPPED: _("止まった"),
}
NEXT = {
    BridgeState.PROPOSED: _("相談した人が、自分のページできめます。本人は、まだなにも知りません。"),
    BridgeState.CALLER_AGREED: _("本人に伝えられます。本人は、まだなにも知りません。"),
    BridgeState.REACHED: _("本人がきめます。いそがせません。"),
    BridgeState.PERSON_AGREED: _("会う日や訪問は、本人の「つなぐ・予定」で、本人がえらびます。"),
    BridgeState.MET: _("会えました。ここから先も、本人のはやさで。"),
    BridgeState.LINKED: _("本人が、自分で行きました。"),
    BridgeState.STOPPED: _("止まっています。理由はききません。相談そのものは、つづけられます。"),
}
SIDES = {
    Side.CALLER: _("相談した人"),
    Side.PERSON: _("本人"),
    Side.COUNSELOR: _("相談員"),
}
STEPS = {
    **{state.value: label for state, label in STATES.items()},
    "changed": _("伝えてよいことを直した"),
}
# What may be told to the other, as the giver reads it.
TELLS = {
    Tells.ASKED: _("身近な人から、相談があったこと"),
    Tells.TALKS: _("わたしが、相談員と話していること"),
    Tells.DAY: _("会う日"),
    Tells.WENT: _("会えたこと、どこかにつながったこと"),
}
# Version 1 (`actions.bridges.WORDING`). Changing a word of these means raising it.
CONSENT = {
    Side.CALLER: (
        _("しるしをつけたことと、下に書いたことばだけを、ご本人に伝えます。"),
        _("伝えたかどうか、ご本人がどうするかは、ご本人がよいと言ったことだけ、ここに出ます。"),
        _("いつでも、理由なしにやめられます。もう伝わったことは、取りもどせません。"),
        _("同意は1年で切れます。"),
    ),
    Side.PERSON: (
        _("相談員と、会うことを考えてみる、という同意です。会う日も、来る人も、あとでえらべます。"),
        _(
            "相談した人には、しるしをつけたことと、下に書いたことばだけを伝えます。なにもつけなくてもかまいません。"
        ),
        _("いつでも、理由なしにやめられます。やめたことは、相談した人に伝えません。"),
        _("同意は1年で切れます。"),
    ),
}
WENT = {
    BridgeState.MET: _("ご本人と会えました。"),
    BridgeState.LINKED: _("ご本人が、行ける先につながりました。"),
}
