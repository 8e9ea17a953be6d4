"""What the choices are called, what a "no" says, and what people are told. Plain and short."""

from django.utils.translation import gettext_lazy as _

from counseling.danger import EmergencyState, Finding, Ground, Recipient
from counseling.states import (
    CaseState,
    Channel,
    Cohort,
    Detail,
    Ease,
    Mended,
    Origin,
    Relation,
    Times,
    Urgency,
    Wish,
)

RELATIONS = {
    Relation.SELF: _("わたしのこと"),
    Relation.FAMILY: _("家族のこと"),
    Relation.SUPPORTER: _("身近な人・支援している人のこと"),
}
CALLERS = {
    Relation.SELF: _("本人"),
    Relation.FAMILY: _("家族"),
    Relation.SUPPORTER: _("支援者"),
}
WISHES = {
    Wish.WEB: _("文字で、ここで話す"),
    Wish.TELEPHONE: _("電話で話す"),
    Wish.IN_PERSON: _("会って話す"),
    Wish.VISIT: _("家に来てもらう"),
    Wish.MONEY: _("お金のこと"),
    Wish.PLACE: _("行けるところをさがす"),
    Wish.JUST_ASKING: _("まだきめていない・きいてみるだけ"),
}
TIMES = {
    Times.WEEKDAY_DAY: _("平日の昼"),
    Times.WEEKDAY_EVENING: _("平日の夕方"),
    Times.WEEKEND: _("土曜・日曜"),
    Times.NIGHT: _("夜"),
    Times.ANY: _("いつでも"),
}
EASES = {
    Ease.WORDS_ONLY: _("文字だけがいい"),
    Ease.SAME_PERSON: _("部屋で話したことのある人と"),
    Ease.NOBODY_COMES: _("家にはだれも来ない"),
    Ease.NO_CALLS: _("電話はかけてこない"),
    Ease.SLOWLY: _("ゆっくりでいい"),
    Ease.LISTEN_ONLY: _("まずは、きいてほしい"),
}
COHORTS = {
    Cohort.YES: _("はい"),
    Cohort.NO: _("いいえ"),
    Cohort.UNKNOWN: _("こたえない"),
}
CHANNELS = {
    Channel.WEB: _("Web・文字"),
    Channel.TELEPHONE: _("電話"),
    Channel.IN_PERSON: _("対面"),
    Channel.VISIT: _("訪問"),
    Channel.MAIL: _("メール"),
}
ORIGINS = {
    Origin.ROOM: _("居場所の部屋"),
    Origin.WEB_WINDOW: _("Webの窓口"),
    Origin.TELEPHONE: _("電話"),
    Origin.FAMILY: _("家族"),
    Origin.LEAFLET: _("ちらし・広報"),
    Origin.SEARCH: _("検索"),
    Origin.AGENCY: _("関係機関"),
    Origin.UNKNOWN: _("わからない"),
}
MENDED = {
    Mended.COHORT: _("世代"),
    Mended.ORIGIN: _("きっかけ"),
    Mended.MUNICIPALITY: _("市町村"),
}
URGENCIES = {
    Urgency.USUAL: _("ふつう"),
    Urgency.SOON: _("はやめに"),
    Urgency.TODAY: _("きょうのうちに"),
}
DETAILS = {
    Detail.TELEPHONE: _("電話番号"),
    Detail.MAIL: _("メールアドレス"),
    Detail.NAME: _("名前"),
    Detail.ADDRESS: _("住所"),
    Detail.OTHER: _("そのほか"),
}
STATES = {
    CaseState.WAITING: _("うけとる人を待っています"),
    CaseState.OPEN: _("相談員がいます"),
    CaseState.CLOSED: _("おわりました"),
}
GROUNDS = {
    Ground.DYING: _("いま、死のうとしている"),
    Ground.HURT: _("けがや急な病気で、自分では呼べない"),
    Ground.THREATENED: _("だれかに、いのちをおびやかされている"),
    Ground.OTHERS: _("ほかの人のいのちがあぶない"),
    Ground.CHILD: _("子どもが虐待を受けている"),
}
RECIPIENTS = {
    Recipient.POLICE: _("警察(110)"),
    Recipient.FIRE: _("消防・救急(119)"),
    Recipient.CHILD_OFFICE: _("児童相談所(189)"),
}
EMERGENCIES = {
    EmergencyState.ASKED: _("ふたりめを待っています"),
    EmergencyState.AGREED: _("ふたりで決めました"),
    EmergencyState.ALONE: _("単独で決めました"),
    EmergencyState.TOLD: _("伝えました"),
    EmergencyState.DECLINED: _("伝えないことにしました"),
    EmergencyState.WITHDRAWN: _("取りやめました"),
}
FINDINGS = {
    Finding.RIGHT: _("伝えてよかった"),
    Finding.NOT_RIGHT: _("伝えるべきではなかった"),
}

_REFUSALS = {
    # asking
    "no_relation": _("だれのことかを、えらんでください。"),
    "no_wish": _(
        "どうしたいかを、ひとつえらんでください。きまっていなければ、いちばん下のものを。"
    ),
    "no_program": _("どこに相談するかを、えらんでください。"),
    "no_passphrase": _("さきに、もどってくるための合言葉をつくります。"),
    "asked_already": _("もう、うけとっています。「相談のようす」から、つづけられます。"),
    "too_many_people": _(
        "いちどに相談できる人の数をこえています。「相談のようす」から、つづけられます。"
    ),
    "contact": _(
        "電話番号や住所、メールアドレスは、ここには残しません。鍵をかけて預けるところが、べつにあります。"
    ),
    "passphrase": _("合言葉が入っているようです。合言葉は、だれにも見せないでください。"),
    "too_long": _("長すぎて、うけとれませんでした。いくつかに分けてください。"),
    "empty": _("なにも書かれていません。"),
    "malformed": _("うまく受けとれませんでした。もう一度おねがいします。"),
    "no_kind": _("なにを預けるかを、えらんでください。"),
    "too_many": _("ここに預けられる数をこえています。"),
    "moved_on": _("もう、先へすすんでいます。いまのようすを見てください。"),
    "case_closed": _("この相談は、おわっています。もう一度、相談をおねがいすることもできます。"),
    # at the desk
    "taken_already": _("もう、ほかの相談員がうけとっています。"),
    "no_case": _("その番号の相談はありません。番号を見なおすか、空けて「あたらしい相談」に。"),
    "no_minutes": _("何分かを、数字で入れてください(1:10 でも)。"),
    "no_channel": _("電話、訪問など、どうやって話したかをえらんでください。"),
    "no_day": _("日にちをえらんでください。"),
    "future": _("まだ来ていない日は、記録できません。"),
    "past": _("すぎた日です。"),
    "no_reason": _("理由を書いてください。"),
    "same_day": _(
        "おなじ人との、おなじ日、おなじ方法の相談が、もうあります。"
        "ひとつの相談として時間を足すか、分ける理由を書いてください。"
    ),
    "confirmed_already": _("もう確定しています。"),
    "voided": _("取り消された記録です。"),
    "no_colleague": _("この事業の相談員を、えらんでください。"),
    "offered_already": _("もう、引きつぎをたのんでいます。"),
    "not_oneself": _("自分には引きつげません。"),
    "being_handed_over": _("引きつぎのとちゅうです。さきに、引きつぎを取りさげてください。"),
    "not_absent": _(
        "担当の相談員は、この3日のあいだに仕事をしています。本人から引きついでもらってください。"
    ),
    "merged": _("ほかの相談にまとめられています。"),
    "not_merged": _("まとめられていません。"),
    "stands_for_others": _(
        "この相談には、ほかの相談がまとめられています。さきに、それを分けてください。"
    ),
    "still_to_come": _(
        "訪問か予定が、まだ残っています。さきに、取りやめるか、おわらせてください。"
    ),
    "still_to_send": _(
        "同意されて、まだ送っていないつながり先があります。"
        "さきに、送るか、「不成立にする」をおしてください。"
    ),
    "still_unanswered": _(
        "送って、まだ返事のないつながり先があります。"
        "さきに、返事を記録するか、「不成立にする」をおしてください。"
    ),
    "not_same_program": _("ほかの事業の相談とは、まとめられません。"),
    "not_ready": _("直すところがあります。直してから、取りこんでください。"),
    "same_file": _("このファイルは、もう取りこんでいます。"),
    "formula": _(
        "数式か、= + - @ ではじまる文字になっています。計算したあとの文字に直してください。"
    ),
    "no_file": _("ファイルをえらんでください。"),
    "too_large": _("ファイルが大きすぎます(5 MBまで)。"),
    # from a person to a place
    "no_destination": _("どこにつながるかを、さきにえらんでください。"),
    "no_words": _("おくることばが、ひとつもありません。ひとことだけでも書いてください。"),
    "other_words": _(
        "ことばが、さっき見たときから変わっています。もう一度、読んでからきめてください。"
    ),
    "not_agreed": _("同意するときは、しるしをつけてください。つけなければ、なにもおくりません。"),
    "agreed_already": _(
        "もう同意しています。直すときは、さきに「もう一度考える」をおしてください。"
    ),
    "accepted_already": _(
        "もう、うけとられています。やめたいときは、担当の相談員に書いてください。いっしょに伝えます。"
    ),
    "consent_over": _(
        "同意が取り下げられたか、期限がすぎています。本人に、もう一度きいてください。"
    ),
    "not_themselves": _(
        "家族や支援者の相談では「つながった」になりません。本人が行ったときは、本人の相談で確定します。"
        "家族のあゆみは、下の「あゆみ」に記録できます。"
    ),
    "absent_reached": _(
        "「本人のこと」に、電話番号か住所のように見えるところがあります。本人は、まだ同意していません。"
        "そこを消すか、けずってください。書いたものは、下に残っています。"
    ),
    "absent_named": _(
        "「本人のこと」に、名前のように見えるところがあります。「息子」「本人」のように書きかえるか、"
        "名前でなければ、しるしをつけてください。"
    ),
    "there_already": _("そこへ行ったことは、もう記録しています。"),
    "no_goal": _("どんなつながり先かをえらんでください。"),
    "no_who": _("だれが返事をしたかを書いてください。役職だけでかまいません。"),
    "no_way": _("どうやって返事があったかをえらんでください。"),
    "no_stage": _("その段階は、このつながり先にはありません。"),
    "done_already": _("もう記録しています。"),
    "no_visitor": _("だれが行くかを、えらんでください。"),
    "last_visitor": _("行く人が、ほかにいません。訪問そのものを取りやめてください。"),
    "two_visitors": _("ふたりで行くのがきまりです。ひとりのときは、理由を書いてください。"),
    "two_of_them": _(
        "ふたりで行くのがきまりです。ほかの人がいいときは、このままにして、相談員に書いてください。"
    ),
    "others_inside": _(
        "いっしょに行った人も、みんな出ましたか。たしかめてから、しるしをつけてください。"
        "出ていないあいだは、知らせはそのままです。"
    ),
    "not_yet": _("住所が見られるのは、訪問の24時間前から、24時間後までです。"),
    "no_answer_time": _("返事があった日時を入れてください。"),
    "not_yet_answered": _("返事の日時が、まだ来ていません。"),
    "before_sending": _("返事の日時が、送ったときより前です。"),
    "before_it_left": _("つなぎシートを送ったときより、前の日です。日にちを見なおしてください。"),
    "no_time": _("日時を、ひとつはえらんでください。"),
    "no_evidence": _("どうしてわかったかをえらんでください。"),
    "wrong_code": _("番号がちがいます。相談員から、べつにお伝えした6けたの番号です。"),
    "link_over": _(
        "このリンクは、いまは使えません。使われたか、期限がすぎたか、取り下げられています。"
        "相談員に電話でおたずねください。"
    ),
    "no_place": _("一覧にある居場所をえらんでください。"),
    "too_far": _("1年より先の日は、まだ入れられません。"),
    "no_hours": _("はじまりと、おわりの時刻を入れてください。"),
    "hours_clash": _("ほかの時間と、かさなっています。"),
    # from whoever asked to the person
    "own_bridge": _("本人の相談からは、このつなぎは始まりません。家族や支援者の相談から始めます。"),
    "bridged_already": _("もう、つなぎがあります。さきに、それをおわらせてください。"),
    "bridge_over": _("このつなぎは、止まっています。"),
    "bridge_apart": _(
        "ふたりの担当が、べつの相談員になっています。つづけるには、おなじ相談員が担当してください。"
    ),
    "bridge_consent_over": _("相談した人の同意の期限がすぎています。もう一度、きいてください。"),
    "caller_first": _("相談した人の同意がまだです。それまでは、本人に、なにも伝えません。"),
    "not_told_yet": _("本人には、まだ伝えていません。さきに「本人に伝えた」を記録してください。"),
    "person_first": _("本人の同意がまだです。同意がないうちは、先へすすめません。"),
    "theirs_to_say": _("この人には、ここに自分のページがあります。同意は、そこで本人がきめます。"),
    "has_left": _(
        "この人は、ここの記録を消して、はなれました。あらためて話すときは、あたらしい相談として記録します。"
    ),
    "no_time_said": _("本人が話した日時を入れてください。"),
    "not_yet_said": _("話した日時が、まだ来ていません。"),
    "before_that": _("提案か同意より前に話したことになっています。日時を見なおしてください。"),
    "before_the_words": _(
        "いまのことばより前に話したことになっています。このことばを読みあげてから、もう一度きいてください。"
    ),
    "not_who_spoke": _(
        "きめられるのは、この相談をしている人だけです。ほかの人の返事では、なにも渡しません。"
    ),
    "not_theirs": _("本人の相談ではありません。本人と話した相談の番号を入れてください。"),
    "no_yes": _("同意するときは、しるしをつけてください。つけなければ、なにも伝えません。"),
    "no_occasion": _(
        "本人との、訪問か対面の、確定した記録をえらんでください。同意の日よりあとのものです。"
    ),
    "no_linked": _("本人の、「つながった」と確定したつながり先をえらんでください。"),
    # danger to life
    "no_ground": _("なにがあぶないのかをえらび、見たこと、読んだことを書いてください。"),
    "no_recipient": _(
        "だれに伝えるかをえらんでください。児童相談所には、子どもの虐待のときだけ伝えられます。"
    ),
    "begun_already": _("この相談では、もう始まっています。一覧から、つづけてください。"),
    "not_the_first": _("たのんだ人とは、べつの人が決めます。"),
    "wait_for_second": _("ひとりで決められるのは、たのんでから5分たっても返事がないときです。"),
    "two_for_the_office": _("児童相談所へは、ふたりで決めます。急ぐときは、警察か消防・救急へ。"),
    "not_allowed_yet": _("まだ、決まっていないか、決めてから24時間がすぎています。"),
    "not_opened": _(
        "開けていない連絡先は、伝えられません。さきに開けるか、しるしをはずしてください。"
    ),
    "no_taker": _("だれがうけたかを書いてください。部署や受付の番号でかまいません。"),
    "no_finding": _("どうだったかをえらび、理由を書いてください。"),
    "cannot_open": _(
        "預けられたものを、開けませんでした。鍵が合いません。管理者に知らせてください。"
    ),
}


def sentence(code: str) -> str:
    """What a refusal says."""
    return str(_REFUSALS.get(code, _("うまくいきませんでした。もう一度おねがいします。")))


def knows(code: str) -> bool:
    """Whether a refusal is a page's to say; the others are the door's."""
    return code in _REFUSALS
