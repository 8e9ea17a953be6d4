"""What the office's pages say after a deed, and instead of one."""

from django.utils.translation import gettext_lazy as _

_REFUSED = {
    "already_there": _("その市町村に、同じ名前の支援機関がもうあります。"),
    "changed_meanwhile": _(
        "開いているあいだに、ほかの人が変えました。まだ保存していません。"
        "下の表で2つを見くらべて、よければもう一度保存してください。"
    ),
    "bad_lines": _(
        "これを保存すると、電話か文字のどちらかの窓口がなくなってしまいます。どちらも、ひとつは残してください。"
    ),
    "key_taken": _("そのしるしは、ほかの窓口が使っています。"),
    "not_oneself": _("自分のことは、ほかの統括にたのんでください。"),
    "last_admin": _(
        "管理者が、ひとりもいなくなってしまいます。先に、つぎの管理者を決めてください。"
    ),
    "gone": _("これは、もうありません。ほかの人が消したか、入れかえたようです。"),
    "hours_overlap": _("開く時間が重なっています。"),
    "import_changed": _(
        "準備したあとに、ほかの人が支援機関を変えました。まだ何も取り込んでいません。"
        "もう一度、ファイルをえらんでください。"
    ),
    "last_coordinator": _(
        "この事業の統括が、ひとりもいなくなってしまいます(30日のうちに期限がくる人は、数えません)。"
        "先に、ほかの人に統括の役割をわたしてください。"
    ),
    "no_file": _("ファイルをえらんでください。"),
    "not_ready": _("まだ直すところがあります。直すか、取りこまない行に印をつけてください。"),
    "program_taken": _("そのしるしは、ほかの事業が使っています。"),
    "same": _("前と同じ文章です。何も変えていません。"),
    "slug_taken": _("そのアドレスは、ほかの部屋が使っています。"),
    "too_many": _("写真は6枚までです。どれかを消してから、もう一度おねがいします。"),
    "no_room_named": _("この事業にない部屋がえらばれています。"),
    "too_large": _("ファイルが大きすぎます(5 MBまで)。"),
}
_SAID = {
    "program_made": _("事業をつくりました。つぎに、統括をまねいてください。"),
    "saved": _("保存しました。"),
    "removed": _("消しました。"),
    "applied": _("取り込みました。"),
    "dropped": _("取りこみをやめました。何も変わっていません。"),
    "granted": _("役割をわたしました。"),
    "renewed": _("役割を新しくしました。前とちがうところを、下でたしかめてください。"),
    "withdrawn": _("招待を取り消しました。"),
    "closed": _("アカウントを閉じました。"),
    "ended": _("役割を終えました。"),
    "switched": _("切りかえました。"),
    "verified": _("たしかめた日を、きょうにしました。"),
}


def sentence(code: str) -> str:
    """What a refusal says to a coordinator."""
    return str(_REFUSED.get(code, _("うまくいきませんでした。もう一度おねがいします。")))


def said(code: str) -> str:
    """What a page says after a deed; empty for a code that is none."""
    return str(_SAID.get(code, ""))
