"""What a "no" at the entrance says. Plain, warm, short; it tells nobody whether someone exists."""

from django.utils.translation import gettext_lazy as _

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
