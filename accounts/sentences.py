"""What a "no" at the entrance says. Plain, warm, short; it tells nobody whether someone exists."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.states import SOON, Role
from accounts.viewer import Viewer

# Taken and reserved are one sentence: it mustn't tell who is here.
_NAME = _("そのなまえは、いまは使えないようです。すこし変えてみてください。")

_SENTENCES = {
    "empty": _("なまえを入れてください。そのままの案でもだいじょうぶです。"),
    "too_long": _("なまえは12文字までにしてください。"),
    "malformed": _("なまえに使えない文字が入っているようです。"),
    "name_taken": _NAME,
    "name_reserved": _NAME,
    "not_agreed": _("約束を読んで、よければ印をつけてください。"),
    "too_fast": _("すこし間をおいて、もう一度おねがいします。"),
    "wrong_passphrase": _(
        "合言葉が合いませんでした。ひらがなでもカタカナでも、空白はあってもなくても大丈夫です。"
    ),
    "not_sure": _("消してよければ、印をつけてください。消すと、もとにはもどせません。"),
    "seated": _("この画面では、もう席についています。"),
    "invitation_unknown": _(
        "この招待のリンクは見つかりません。途中で切れていないか、もう一度たしかめてください。"
    ),
    "invitation_used": _(
        "この招待は、もう使われています。ご自身で使ったときは、サインインへ。"
        "おぼえがなければ、すぐに統括に知らせてください。"
    ),
    "invitation_withdrawn": _("この招待は取り消されました。送った人に聞いてください。"),
    "invitation_expired": _(
        "この招待は7日の期限がすぎました。送った人に、もう一度たのんでください。"
    ),
    "invitation_role_over": _(
        "この招待でわたす役割は、さいごの日がもうすぎています。送った人に、もう一度たのんでください。"
    ),
    "role_held": _(
        "この役割は、いまのアカウントにもうあります。招待は使わずにおきました。"
        "期限や部屋を変えたいときは、送った人に聞いてください。"
    ),
    "name_alike_there": _(
        "いまのアカウントの部屋での名前が、そこのほかのスタッフと見分けがつきません。"
        "招待は使わずにおきました。送った人に相談してください。"
    ),
    "username_taken": _("そのログイン名は、もう使われています。"),
    "name_alike": _(
        "その名前は、ここのほかのスタッフと見分けがつきません。すこし変えてみてください。"
    ),
    "weak_password": _("そのパスワードは推測されやすいようです。もっと長いものにしてください。"),
    "not_oneself": _("自分のことは、ほかの人にたのんでください。"),
    "last_coordinator": _(
        "この事業の統括が、ひとりもいなくなってしまいます。先に、つぎの統括を決めてください。"
    ),
    "last_admin": _(
        "管理者が、ひとりもいなくなってしまいます。先に、つぎの管理者を決めてください。"
    ),
}

_ROLES = {
    Role.SUPPORTER: _("支援者"),
    Role.COUNSELOR: _("相談員"),
    Role.ANALYST: _("集計担当"),
    Role.COORDINATOR: _("統括"),
    Role.REVIEWER: _("審査役"),
    Role.AUDITOR: _("監査役"),
    Role.ADMIN: _("管理者"),
}

RULES = (
    _("見ているだけでも、だいじょうぶです。話さなくてもかまいません。"),
    _("電話番号やSNSなどの連絡先は、書かない、聞かない。"),
    _("相手をせめない、さがさない。ここで聞いたことは、ここだけに。"),
    _("つらくなったら、いつでも離れてかまいません。"),
)


def sentence(code: str) -> str:
    """The sentence for a refusal's code, in the reader's language."""
    return str(_SENTENCES.get(code, _SENTENCES["malformed"]))


def rules() -> list[str]:
    """The four house rules, in the reader's language."""
    return [str(rule) for rule in RULES]


def role_name(role: Role) -> str:
    """What a role is called."""
    return str(_ROLES[role])


def own_endings(viewer: Viewer, *, today: date) -> list[str]:
    """What is said to someone whose own roles end soon."""
    return [
        str(
            _("あなたの役割「%(role)s」は %(day)s までです。ほかの統括か管理者に知らせてください。")
        )
        % {"role": role_name(one.role), "day": one.expires_on.isoformat()}
        for one in viewer.grants
        if one.expires_on is not None and one.expires_on <= today + SOON
    ]


def own_sheet(left: int) -> str:
    """What is said to someone whose printed sheet has few codes left."""
    if not left:
        return str(
            _(
                "番号の紙は、使いきりました。サインアウトするまえに、"
                "統括か管理者に新しい紙をたのんでください。"
            )
        )
    said = _(
        "番号の紙は、あと%(left)d個です。なくなるまえに、統括か管理者に新しい紙をたのんでください。"
    )
    return str(said) % {"left": left}
