"""What a refusal or a goodbye says to people. Plain, warm, short; nobody is blamed."""

from django.utils.translation import gettext_lazy as _

from chat.protocol import Close, Refusal

REFUSED = {
    Refusal.MALFORMED: _("うまく受けとれませんでした。ページを開きなおしてみてください。"),
    Refusal.UNKNOWN_TYPE: _("うまく受けとれませんでした。ページを開きなおしてみてください。"),
    Refusal.TOO_LONG: _("すこし長いようです。分けて書いてもだいじょうぶです。"),
    Refusal.EMPTY: _("ことばが入っていませんでした。"),
    Refusal.TOO_FAST: _("すこしだけ間をおいて、もう一度おねがいします。"),
    Refusal.QUIET: _("いまは、しずかな時間です。スタンプとつぶやきが使えます。"),
    Refusal.ENDING: _("もうすぐおわります。いまはスタンプだけ受けとれます。"),
    Refusal.LOCKED: _("いまは読むことと、つぶやきだけができます。"),
    Refusal.CLOSED: _("いまは閉まっています。"),
    Refusal.MUTED: _("いまは、この部屋に書くことをお休みしてもらっています。つぶやきは届きます。"),
    Refusal.PAUSED: _("いまは、ひと休みの時間です。つぶやきは届きます。"),
    Refusal.NOT_YOURS: _("自分のことばだけ、とりけせます。"),
    Refusal.NO_SUCH_MESSAGE: _("そのことばは、もうありません。"),
    Refusal.NO_SUCH_STAMP: _("そのスタンプは、この部屋では使えません。"),
    Refusal.CONTACT: _(
        "電話番号やアドレス、IDなどの連絡先は、ここでは書けないことにしています。"
        "部屋には出ていません。その部分をけずれば送れます。"
    ),
    Refusal.PASSPHRASE: _(
        "合言葉が入っていたので、とめました。部屋には出ていません。合言葉は人に見せないでください。"
    ),
    Refusal.CONFLICT: _("同じ番号で、ちがうことばが届いています。もう一度書いて送ってください。"),
    Refusal.BUSY: _(
        "いま、しまえない状態です。書いたものは残っています。すこしあとで送りなおします。"
    ),
}

BYE = {
    Close.RESTART: _("いったん切れます。自動でつなぎなおします。"),
    Close.RESTART_DAPHNE: _("いったん切れます。自動でつなぎなおします。"),
    Close.NOT_ENTERED: _("席をはなれています。また入れます。"),
    Close.NOT_ALLOWED: _("いまは、この部屋に入れません。"),
    Close.NO_SUCH_ROOM: _("その部屋はありません。"),
    Close.SLOW: _("読みこみが追いついていないようです。つなぎなおします。"),
    Close.ROOM_GONE: _("この部屋は、なくなりました。"),
    Close.TOO_BIG: _("大きすぎて、受けとれませんでした。"),
    Close.TOO_MANY: _("すこしのあいだ、休んでからつないでください。"),
}

NAMES = {
    # One sentence for both: it must not tell who is here.
    "name_taken": _("その名前は、ここでは使えません。べつの名前にしてください。"),
    "name_reserved": _("その名前は、ここでは使えません。べつの名前にしてください。"),
    "name_hurts": _("その名前は、読んでつらい人がいるかもしれません。べつの名前にしてください。"),
}


def sentence(code: str) -> str:
    """The sentence for a refusal's code, in the reader's language."""
    if code in NAMES:
        return str(NAMES[code])
    try:
        return str(REFUSED[Refusal(code)])
    except ValueError:
        return str(REFUSED[Refusal.MALFORMED])


def goodbye(code: Close) -> str:
    """The sentence of a `bye`."""
    return str(BYE[code])
