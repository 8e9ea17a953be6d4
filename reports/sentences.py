"""What the pages say instead of a figure, and what things are called on them."""

from django.utils.translation import gettext_lazy as _

NO_CHOICE = _("理由をえらんでください。")
NO_DAY = _("日付を読めませんでした。2026-06-30 のように書いてください。")
_REFUSED = {
    "no_such_end": _("四半期の末日だけをえらべます。"),
    "no_such_month": _("その月は、まだ終わっていません。月が終わってから出ます。"),
    "no_such_closing": _("その年度は、まだ締められていません。"),
    "too_early": _("このシートの最初の四半期が、まだ終わっていません。"),
    "too_late": _("まだ来ていない日です。"),
    "no_reason": _("理由を書いてください(4文字以上)。日誌に残ります。"),
    "no_file": _("ファイルをえらんでください。"),
    "too_large": _("ファイルが大きすぎます(5 MBまで)。"),
    "gone": _("準備したものは、もうありません。もう一度ファイルをえらんでください。"),
    "already": _("同じ内容が、先に取り込まれました。何も取り込んでいません。"),
    "no_day": NO_DAY,
    "no_year": _("年度を読めませんでした。2026 のように書いてください。"),
}
_CLOSING = {
    "too_early": _("その年度は、まだ終わっていません。"),
    "already": _("もう済んでいます。"),
    "own": _("締めた人とは、べつの人が確認します。"),
    "no_reason": _("差しもどす理由を書いてください(4文字以上、200文字まで)。"),
    "unchecked": _("確認者が確認してから、公表できます。"),
}
_REGISTER = {
    "listed_already": _("この市町村は、もう基準に入っています。"),
    "no_such_place": _("この県の市町村をえらんでください。"),
    "no_evidence": _("根拠を書いてください。"),
    "too_early": _("日付を見てください。まだ来ていない日や、ひらく前の日は入れられません。"),
    "already": _("もう済んでいます。"),
    "incomplete": _("足りないところがあります。"),
    "no_such_day": _("その日は、この研修にありません。"),
    "out_of_range": _("尺度の範囲の数を入れてください。"),
    "told": _(
        "この家族の記録は、もうまとめた数に入っています。変えると、ひとりの数がわかるため、直せません。"
    ),
    "empty": _("ことばを書いてください。"),
    "names": _("名前や連絡先のように読めることばがあります。番号などで書いてください。"),
    "unknown_code": _(
        "この番号の記録は、まだありません。番号を見なおすか、はじめての番号なら、しるしを入れてください。"
    ),
}
COHORTS = {"yes": _("はい"), "no": _("いいえ"), "unknown": _("わからない")}
_SHEET = {
    "already_there": _("この年度からはじまるシートは、もうあります。"),
    "incomplete": _("目標を、はじめの年度からつづけて、すべての年度に入れてください。"),
}
_NOTE = {
    "no_reason": _("消す理由を書いてください(4文字以上、200文字まで)。日誌に残ります。"),
    "no_note": _("その番号の記録に、備考はありません。"),
}
TOO_LARGE_RETURN = _("ファイルが大きすぎます(50 MBまで)。")
SAID = {
    "erased": _("備考を消しました。数はそのままです。"),
    "sheet": _("シートをつくりました。最初の四半期がおわってから、数字が出ます。"),
    "entered": _("帳簿に入れました。"),
    "kept": _("書きとめました。"),
    "withdrawn": _("取り下げました。帳簿には、取り消しの記録が入りました。"),
}
SITES = {"window": _("相談窓口"), "ibasho": _("居場所")}
SUPPORTS = {
    "adviser_sent": _("アドバイザーの派遣"),
    "municipality_supported": _("市町村への支援"),
    "network_meeting": _("連絡会議"),
}
STAGES = {
    "not_yet": _("まだ"),
    "planning": _("検討中"),
    "preparing": _("準備中"),
    "open": _("ひらいた"),
    "steady": _("つづいている"),
}
POINTS = {"before": _("はじまる前"), "after": _("おわったとき"), "three_months": _("3か月後")}
REASONS = {
    "mistyped": _("書きまちがい"),
    "twice": _("二重に入れた"),
    "wrong_subject": _("人がちがう"),
    "wrong_day": _("日がちがう"),
    "not_confirmed": _("確認できない"),
    "replaced": _("入れなおす"),
}
CHANNELS = {
    "web": _("Web・チャット"),
    "phone": _("電話"),
    "in_person": _("対面"),
    "visit": _("訪問"),
    "mail": _("メール"),
    "-": _("手段なし"),
}
BROKEN = {
    "municipality": _("市町村"),
    "relation": _("だれからの相談か"),
    "self": _("本人"),
    "family": _("家族"),
    "supporter": _("支援者"),
    "other": _("その他"),
    "elsewhere": _("ほかの都道府県"),
    "several_municipalities": _("複数の市町村"),
    "several_relations": _("複数の立場"),
    "untold": _("記録なし"),
}
BREAKDOWN_RULES = (
    _("内訳は、年度がおわって3か月後(6月30日)に、その日までに記録された分で、1度だけ出します。"),
    _("人やつながりを1度だけかぞえる指標では、ふたつ以上にあてはまるものは「複数」に入れます。"),
    _(
        "1〜9は出しません(人口25,000人未満の市町村では1〜19)。人口2,000人未満の市町村は、何も出しません。"
    ),
    _("件数が多くても、人数がそれより少なければ出しません。引き算でわかるところも出しません。"),
)
ZERO_TOWNS = _("ほかの%(number)s市町村は、どの年度も0です:")
STATISTICS = {
    "rung": _("どこまで参加したか"),
    "coming": _("はじめての人と、もどってきた人"),
    "room": _("部屋ごと"),
    "week": _("曜日と時間"),
    "read": _("つぶやきが支援者に読まれるまで"),
    "hours": _("部屋がひらいていた時間(分)"),
    "shifts": _("当番"),
    "desk-in": _("見守りの机に来た用件(来た時刻)"),
    "desk-seen": _("はじめに見た用件(見た時刻)"),
    "desk-done": _("すんだ用件(はじめにすんだ時刻)"),
    "desk-wait": _("用件がはじめに見られるまで"),
}
PARTS = {
    "watching": _("みるだけ"),
    "stamping": _("スタンプ"),
    "murmuring": _("つぶやき"),
    "talking": _("部屋で話す"),
    "first": _("はじめて(その月に入った人)"),
    "returning": _("もどってきた人"),
    "5m": _("5分以内"),
    "15m": _("15分以内"),
    "1h": _("1時間以内"),
    "24h": _("24時間以内"),
    "later": _("それより後、またはまだ"),
    "h00": _("0〜3時"),
    "h03": _("3〜6時"),
    "h06": _("6〜9時"),
    "h09": _("9〜12時"),
    "h12": _("12〜15時"),
    "h15": _("15〜18時"),
    "h18": _("18〜21時"),
    "h21": _("21〜24時"),
    "open": _("ひらいている"),
    "quiet": _("しずか(スタンプとつぶやき)"),
    "locked": _("読むだけ"),
    "closed": _("おやすみ"),
    "kept-0": _("守った当番: 危機の知らせ 0件"),
    "kept-1": _("守った当番: 危機の知らせ 1〜2件"),
    "kept-3": _("守った当番: 危機の知らせ 3件以上"),
    "missed": _("だれも来なかった当番"),
}


def broken(code: str) -> str:
    """What a line of a breakdown is called."""
    return str(BROKEN[code])


def sentence(code: str) -> str | None:
    """What a refusal says; None for one that the door answers."""
    return str(_REFUSED[code]) if code in _REFUSED else None


def of_closing(code: str) -> str | None:
    """The same of closing a year."""
    return str(_CLOSING[code]) if code in _CLOSING else None


def of_register(code: str) -> str | None:
    """The same of what is entered into a register."""
    return str(_REGISTER[code]) if code in _REGISTER else None


def of_sheet(code: str) -> str | None:
    """The same of starting a sheet."""
    return str(_SHEET[code]) if code in _SHEET else None


def of_note(code: str) -> str | None:
    """The same of erasing words beside an entry."""
    return str(_NOTE[code]) if code in _NOTE else None


def said(code: str) -> str:
    """What was just done; nothing for a code that isn't ours."""
    return str(SAID.get(code, ""))
