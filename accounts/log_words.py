"""日誌 in words: what verbs, objects and roles are called. A code without a name stays a code."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.sentences import role_name
from accounts.states import Role

Words = Mapping[str, str | Promise]

_ACCOUNTS: Words = {
    "invited": _("招待した"),
    "invited_again": _("もどるリンクを出した"),
    "withdrawn": _("招待を取り消した"),
    "accepted": _("招待をうけた"),
    "accepted_again": _("リンクでもどった"),
    "given": _("役割をわたした"),
    "ended": _("役割をおわらせた"),
    "closed": _("アカウントを閉じた"),
    "mail_told": _("よびだしのメールを決めた"),
    "session_ended": _("サインインをおわらせた"),
    "sheet_issued": _("番号の紙を出した"),
    # allauth's own names of what it would send a mail about (`adapters/account.py`).
    "email_changed": _("メールアドレスを変えた"),
    "email_deleted": _("メールアドレスをなくした"),
    "password_changed": _("パスワードを変えた"),
    "password_reset": _("パスワードを決めなおした"),
    "password_set": _("パスワードを決めた"),
    "recovery_codes_generated": _("番号の紙を作りなおした"),
    "totp_activated": _("アプリの番号を使いはじめた"),
    "totp_deactivated": _("アプリの番号をやめた"),
    "webauthn_added": _("パスキーを加えた"),
    "webauthn_removed": _("パスキーをなくした"),
}
_SETTINGS: Words = {
    "create": _("つくった"),
    "change": _("変えた"),
    "remove": _("なくした"),
    "write": _("文を書いた"),
    "set_hours": _("時間を決めた"),
    "switch": _("部屋を切りかえた"),
    "verify": _("窓口をたしかめた"),
    "try": _("ふるいのことばをためした"),
    "start": _("ふるいのことばを、はたらかせた"),
    "end": _("ふるいのことばを、おわらせた"),
    "decide_counting": _("相談のかぞえ方を決めた"),
    "import": _("一覧をとりこんだ"),
    "add_picture": _("写真を加えた"),
    "remove_picture": _("写真をなくした"),
    "office.look": _("スタッフのページを見た"),
}
_REPORTS: Words = {
    "open": _("記録をはじめた"),
    "close": _("しめた"),
    "send_back": _("締めを作成者へ差しもどした"),
    "confirm": _("確定した"),
    "record": _("結果を記録した"),
    "list": _("事業開始前（基準）に入れた"),
    "withdraw": _("記録を取り下げた"),
    "remark": _("公表のことばを書いた"),
    "publish": _("公表した"),
    "return.written": _("月次ファイルを書きだした"),
    "return.joined": _("団体を登録した"),
    "return.taken": _("月次ファイルを取り込んだ"),
    "sheet.looked": _("表のそのままの数を見た"),
    "presence.looked": _("研修の部屋にいた人の名前を見た"),
    "entries.looked": _("数のもとの記録を見た"),
    "note.erased": _("記録の備考を消した"),
}
_DUTY: Words = {
    "duty.planned": _("当番を決めた"),
    "duty.begun": _("当番をはじめた"),
    "duty.resting": _("ひとやすみした"),
    "duty.stepped_in": _("その場で当番に入った"),
    "duty.ended": _("当番をおえた"),
    "duty.missed": _("当番がはじまらなかった"),
    "duty.swapped": _("当番がかわった"),
    "duty.cancelled": _("当番をとりやめた"),
    "duty.attended": _("部屋についた"),
    "duty.left_room": _("部屋をはなれた"),
    "duty.narrowed": _("当番の部屋をせばめた"),
    "duty.relief_asked": _("交代をたのんだ"),
    "duty.relief_taken": _("交代をうけた"),
    "duty.relief_withdrawn": _("交代のたのみを取り下げた"),
    "duty.swap_asked": _("当番の入れかえをたのんだ"),
    "duty.swap_taken": _("当番の入れかえをうけた"),
    "duty.swap_withdrawn": _("入れかえのたのみを取り下げた"),
    "duty.handover_written": _("申し送りを書いた"),
    "duty.debrief_written": _("ふりかえりを書いた"),
    "duty.pattern_added": _("毎週の当番を加えた"),
    "duty.pattern_removed": _("毎週の当番をなくした"),
    "duty.rules_set": _("当番のきまりを決めた"),
    "duty.alerts_chosen": _("よばれ方を決めた"),
    "duty.push_added": _("うけとる端末を加えた"),
    "duty.push_removed": _("うけとる端末を外した"),
    "duty.calendar_made": _("カレンダーの住所をつくった"),
    "duty.calendar_revoked": _("カレンダーの住所をとめた"),
    "duty.alarm_test_asked": _("ためしによんだ"),
    "duty.alarm_test_acknowledged": _("ためしのよびだしにこたえた"),
}
_MODERATION: Words = {
    "moderation.claimed": _("机のものを引きうけた"),
    "moderation.let_go": _("机のものを手ばなした"),
    "moderation.settled": _("机のものをすませた"),
    "moderation.look": _("机のもの・人・一覧を見た"),
    "moderation.murmur_read": _("つぶやきを読んだ"),
    "moderation.postcard_read": _("はがきを部屋で読んだ"),
    "moderation.approve": _("投稿を通した"),
    "moderation.turn_down": _("投稿を通さなかった"),
    "moderation.return": _("投稿を書いた人にもどした"),
    "moderation.hide": _("投稿をかくした"),
    "moderation.restore": _("投稿をもどした"),
    "moderation.veil": _("投稿にかぶせをした"),
    "moderation.word": _("ひとりにことばを送った"),
    "moderation.reply": _("つぶやきにこたえた"),
    "moderation.mute": _("発言をとめた"),
    "moderation.pause": _("休けいにした"),
    "moderation.check": _("先に読むことにした"),
    "moderation.room_bar": _("部屋に入れなくした"),
    "moderation.site_bar": _("全体に入れなくした"),
    "moderation.slow": _("部屋をゆっくりにした"),
    "moderation.premoderate": _("部屋の投稿を先に読むことにした"),
    "moderation.newcomers": _("はじめての人の投稿を先に読むことにした"),
    "moderation.lock": _("部屋に書けなくした"),
    "moderation.away": _("すこし席をはずした"),
    "moderation.undone": _("処置をとりけした"),
    "moderation.proposed": _("期限のない処置をたずねた"),
    "moderation.proposal_confirmed": _("期限のない処置に同意した"),
    "moderation.proposal_declined": _("期限のない処置に同意しなかった"),
    "moderation.proposal_withdrawn": _("期限のない処置のたずねを取り下げた"),
    "moderation.appeal_upheld": _("異議を読み、処置をそのままにした"),
    "moderation.appeal_overturned": _("異議を読み、処置をとりけした"),
}
_COUNSELING: Words = {
    "counseling.take": _("相談をうけとった"),
    "counseling.look": _("相談・一覧を見た"),
    "counseling.open": _("相談をひらいた"),
    "counseling.describe": _("相談のようすを書いた"),
    "counseling.recount": _("相談の世代・きっかけ・市町村を直し、数えた分を数えなおした"),
    "counseling.close": _("相談をおえた"),
    "counseling.reopen": _("相談をまたひらいた"),
    "counseling.note": _("メモを書いた"),
    "counseling.erase_note": _("メモを消した"),
    "counseling.plan": _("つぎの一歩を決めた"),
    "counseling.finish": _("一歩をすませた"),
    "counseling.hear_need": _("つらいことばのよびだしをうけとった"),
    "counseling.seen": _("つらいことばを見たと知らせた"),
    "counseling.answer": _("相談にこたえた"),
    "counseling.ask_for_time": _("返事に時間をくださいと伝えた"),
    "counseling.ask_in": _("相談先をよんだ"),
    "counseling.let_go": _("相談先がはなれた"),
    "counseling.offer": _("引きつぎをたのんだ"),
    "counseling.accept": _("引きつぎをうけた"),
    "counseling.decline": _("引きつぎをことわった"),
    "counseling.withdraw_offer": _("引きつぎのたのみを取り下げた"),
    "counseling.reassign": _("担当をかえた"),
    "counseling.merge": _("相談をまとめた"),
    "counseling.unmerge": _("まとめた相談をわけた"),
    "counseling.occasion": _("電話・訪問を記録した"),
    "counseling.confirm": _("記録を確定した"),
    "counseling.void": _("記録を取り消した"),
    "counseling.open_contact": _("連絡先をひらいた"),
    "counseling.offer_times": _("会う時間を出した"),
    "counseling.settle": _("会う時間を決めた"),
    "counseling.plan_visit": _("訪問を決めた"),
    "counseling.take_off_visit": _("訪問をとりやめた"),
    "counseling.leave_out_visitor": _("訪問に行く人を、ひとりはずした"),
    "counseling.take_off_meeting": _("予定をとりやめた"),
    "counseling.look_at_address": _("訪問先を見た"),
    "counseling.check_in": _("訪問に着いた"),
    "counseling.hear_visit": _("おくれている訪問をうけとった"),
    "counseling.check_out": _("訪問からもどった"),
    "counseling.propose": _("つなぎ先をすすめた"),
    "counseling.aloud_words": _("読みあげることばを直した"),
    "counseling.aloud_agree": _("口頭の同意を記録した"),
    "counseling.aloud_again": _("口頭で、もう一度考えると記録した"),
    "counseling.aloud_withdraw": _("口頭の取り下げを記録した"),
    "counseling.aloud_keep": _("口頭できいた連絡先に、鍵をかけた"),
    "counseling.aloud_give_back": _("口頭でたのまれて、連絡先を消した"),
    "counseling.send": _("つなぎシートを送った"),
    "counseling.new_link": _("つなぎシートのリンクを出しなおした"),
    "counseling.print": _("つなぎシートを紙にした"),
    "counseling.record_acceptance": _("受け入れを記録した"),
    "counseling.record_failure": _("つながらなかったと記録した"),
    "counseling.told_of_withdrawal": _("取り下げを知らせた"),
    "counseling.confirm_linked": _("つながったと確定した"),
    "counseling.record_arrival": _("本人が自分で行ったと記録した"),
    "counseling.undo_linked": _("つながったことを取り消した"),
    "counseling.record_stage": _("その後を記録した"),
    "counseling.undo_stage": _("その後の記録を取り消した"),
    "counseling.bridge_propose": _("本人へのつなぎをすすめた"),
    "counseling.bridge_hear": _("本人へのつなぎの同意をきいた"),
    "counseling.bridge_reach": _("家族から相談があったことを、本人に伝えた"),
    "counseling.bridge_meet": _("本人とはじめて会えたと記録した"),
    "counseling.bridge_link": _("本人がつながったと、つなぎに記録した"),
    "counseling.bridge_take_back": _("つなぎの記録をもどした"),
    "counseling.bridge_stop": _("本人へのつなぎをおわりにした"),
    "counseling.emergency_ask": _("いのちの危険で、ふたりめをよんだ"),
    "counseling.emergency_agree": _("いのちの危険で、同意した"),
    "counseling.emergency_decline": _("いのちの危険で、同意しなかった"),
    "counseling.emergency_go_alone": _("いのちの危険で、ひとりで進めた（単独）"),
    "counseling.emergency_open": _("いのちの危険で、連絡先をひらいた"),
    "counseling.emergency_tell": _("いのちの危険を知らせた"),
    "counseling.emergency_withdraw": _("いのちの危険の求めを取り下げた"),
    "counseling.emergency_review": _("単独の知らせを読みなおした"),
    "counseling.emergency_release": _("いのちの危険で伝えたことを、相談した人に知らせた"),
    "counseling.add_drop_in": _("予約なしの時間を加えた"),
    "counseling.remove_drop_in": _("予約なしの時間をなくした"),
    "counseling.add_gathering": _("集いを加えた"),
    "counseling.remove_gathering": _("集いをなくした"),
}
VERBS: Words = {
    **_ACCOUNTS, **_SETTINGS, **_REPORTS, **_DUTY, **_MODERATION, **_COUNSELING,
}  # fmt: skip
OBJECTS: Words = {
    "staff": _("スタッフ"),
    "grant": _("役割"),
    "invitation": _("招待"),
    "program": _("事業"),
    "room": _("部屋"),
    "place": _("場所"),
    "agency": _("支援機関"),
    "agency_import": _("支援機関の一覧"),
    "text": _("文"),
    "help_line": _("窓口"),
    "screening_rule": _("ふるいのことば"),
    "counting_rule": _("相談のかぞえ方"),
    "shift": _("当番"),
    "pattern": _("毎週の当番"),
    "handover": _("申し送り"),
    "item": _("机のもの"),
    "queue": _("机の一覧"),
    "acts": _("処置の一覧"),
    "debriefs": _("ふりかえりの一覧"),
    "appeals": _("異議の一覧"),
    "person": _("部屋にいる人"),
    "act": _("処置"),
    "proposal": _("期限のない処置"),
    "appeal": _("異議"),
    "murmur": _("つぶやき"),
    "case": _("相談"),
    "cases": _("相談の一覧"),
    "needs": _("つらいことばのよびだしの一覧"),
    "visits": _("訪問の一覧"),
    "emergencies": _("いのちの危険の一覧"),
    "sheet": _("表"),
    "entry": _("記録"),
    "return": _("月次ファイル"),
    "install": _("ほかの団体"),
    "family_run": _("家族の集まり"),
    "improvement": _("改善"),
    "site": _("実施の場所"),
    "baseline": _("事業開始前（基準）"),
    "import": _("取り込んだファイル"),
    "support": _("支援"),
    "office_visit": _("サテライトへの来所"),
    "training": _("研修"),
    "attendance": _("出席"),
}
_OTHERS: Words = {"own": _("本人"), "command": _("操作（画面の外）"), "house": _("自動")}
_GROUPS = (
    (_("アカウントと役割"), _ACCOUNTS),
    (_("設定"), _SETTINGS),
    (_("報告"), _REPORTS),
    (_("当番"), _DUTY),
    (_("見守り"), _MODERATION),
    (_("相談"), _COUNSELING),
)
Choices = list[tuple[str | Promise, str | Promise | list[tuple[str, str | Promise]]]]


def role_choices() -> Choices:
    """For a select; the first is any."""
    roles = [(one.value, role_name(one)) for one in Role]
    return [("", _("どれでも")), *roles, *_OTHERS.items()]


def verb_choices() -> Choices:
    """For a select, by what they are about; the first is any."""
    groups = [(name, list(words.items())) for name, words in _GROUPS]
    return [("", _("どれでも")), *groups]


def object_choices() -> Choices:
    """For a select; the first is any."""
    return [("", _("どれでも")), *OBJECTS.items()]


def verb(code: str) -> str:
    """What was done."""
    return str(VERBS.get(code, code))


def thing(code: str) -> str:
    """To what it was done."""
    return str(OBJECTS.get(code, code))


def role(code: str) -> str:
    """As whom."""
    return role_name(Role(code)) if code in set(Role) else str(_OTHERS.get(code, code))
