"""What the office's pages say after a deed, and instead of one."""

from django.utils.translation import gettext_lazy as _

# The classes of a program's own screening rules, and what the room does.
RULE_CLASSES = {
    "attack": _("人を傷つけることば(支援者が先に読みます)"),
    "contact": _("連絡先・さそい(送れません。本人にやさしく伝えます)"),
    "crisis": _("いのちのことば(そのまま届き、本人にカード、支援者に知らせ)"),
}
RULE_STATES = {
    "draft": _("下書き(まだ働いていません)"),
    "acting": _("働いています"),
    "ended": _("終えました"),
}

_REFUSED = {
    "bad_class": _("種類をえらんでください。"),
    "term_short": _("2文字より短いことばは、使えません。ふつうの話まで止めてしまいます。"),
    "term_long": _("40文字までにしてください。"),
    "term_signs": _("ことばのなかに、記号や文のおわり(。!?)は入れられません。"),
    "exception_short": _("言いまわしは、2文字からです。"),
    "exception_long": _("言いまわしは、ひとつ40文字までです。"),
    "exception_signs": _("言いまわしのなかに、記号や文のおわり(。!?)は入れられません。"),
    "exception_apart": _("言いまわしは、上のことばをふくむ、もっと長いものにしてください。"),
    "too_many_exceptions": _("言いまわしは、10までです。"),
    "too_many_rules": _("100までです。使っていないものを終えてから、加えてください。"),
    "rule_there": _("同じことばが、同じ種類で、もうあります。"),
    "rule_over": _("これは、もうおわっているか、先へすすんでいます。いまのようすを見てください。"),
    "not_tried": _(
        "さきに、ためしてください(24時間のうちに)。何が変わるかを見てから、働かせます。"
    ),
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
    "rule_drafted": _("下書きに入れました。まだ働いていません。つぎに、ためしてください。"),
    "rule_tried": _("この7日の部屋のことばで、ためしました。"),
    "rule_started": _("働かせました。10秒ほどで、どの部屋でもそうなります。"),
    "rule_ended": _("終えました。10秒ほどで、どの部屋でもそうなります。"),
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
