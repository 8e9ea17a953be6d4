"""What looks as if it told who somebody is: a number, an address, a name. Pure.

It sees what has the form of one, and the commonest family names. A rare name that is written like
any other word it can't see, and nothing that leans on it may say otherwise.
"""

import re
import unicodedata
from enum import StrEnum


class Tells(StrEnum):
    """What a text seems to hold."""

    TELEPHONE = "telephone"
    ADDRESS = "address"
    MAIL = "mail"
    NAME = "name"


_TELEPHONE = re.compile(r"(?<!\d)0\d{1,4}[-ー−( ]?\d{1,4}[-ー−) ]?\d{3,4}(?!\d)")
# 「市の窓口に2-3回」 is how often, and no address.
_HOW_OFTEN = r"(?!\d|\s?(?:回|人|年|日|時|分|[かヶカケ]月|週|歳|才|度|割|個|本|杯|枚|階|万|円|km))"
_ADDRESS = re.compile(
    rf"[都道府県市区町村郡].{{0,12}}?(\d+[-−ー]\d+{_HOW_OFTEN}|丁目|番地|\d+号)"
    r"|(?<![\d-])〒?\d{3}-\d{4}(?![\d-])"
)
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_AFTER = r"(?=[はがもをにとのへや、。,.!?()「」\s\d]|という|$)"
_CALLED = re.compile(
    r"(?P<said>[一-龠々ァ-ヶー]{1,6}\s?|[ぁ-ん]{2,6})"
    rf"(?P<as>さん|さま|様(?!子|々|式)|氏(?!名)|ちゃん(?!と)|くん{_AFTER}|君{_AFTER})"
)
# Whom everybody calls so: relatives, trades, nobody in particular.
_NOBODY = re.compile(
    r"(?:[お御]?(?:父|母|兄|姉|爺|婆|祖父|祖母|子|嫁|孫|娘|息子|弟|妹|奥|旦那|主人|医者|客|病人|坊|嬢)"
    r"|.*(?:父|母|兄|姉|弟|妹|娘|息子|長男|次男|三男|長女|次女)"
    r"|.*(?:とう|かあ|にい|ねえ|じい|ばあ|おじ|おば|むすめ|むすこ|よめ|おく|だんな|いしゃ|おきゃく)"
    r"|.*(?:たく|みな|ひと|皆|各|赤|猫|犬|ねこ|わん|にゃん|神|仏|王|殿|同|仕|有|異|模)"
    r"|.*(?:看護|保健|薬剤|教|医|美容|保育)(?:師|士)|.*(?:弁護|司法書|介護|福祉|心理|療法|会計)士"
    r"|.*(?:員|屋|店長|大家|業者|患者|利用者|学生|先生|隊|局|課|係|役場|会社|病院)"
    r"|.*(?:ワーカー|サポーター|ヘルパー|ケアマネ|スタッフ|カウンセラー|ドクター|マネージャー|や))\s?"
)
_FULL = re.compile(
    r"(?:^|[、。「(\s])[一-龠々]{1,4}\s[一-龠々ぁ-んァ-ヶー]{1,5}(?=[はがをのも、。()」]|です|という|\s?\d|$)"
)
_SAID = re.compile(
    r"(?:名前|氏名|なまえ|本名|名字|苗字)(?:は|:|が)\s?「?(?!秘密|不明|内緒|匿名|非公開|仮名|本人|出|言|書|伏)"
    r"(?:[一-龠々]{2,4}\s?[一-龠々ぁ-んァ-ヶー]{0,4}?|[ァ-ヶー]{2,8})(?=です|という|といい|。|、|」|$)"
)

# The commonest of two or three characters: a third of all people. One character alone (林, 森, 原)
# is a word like any other.
_FAMILIES = (
    "佐藤|鈴木|高橋|田中|伊藤|渡辺|渡邊|渡部|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|斎藤|斉藤"
    "|齋藤|清水|山崎|山﨑|阿部|池田|橋本|山下|石川|中島|前田|藤田|小川|後藤|岡田|長谷川|村上|近藤|石井|坂本|遠藤"
    "|青木|藤井|西村|福田|太田|三浦|藤原|岡本|松田|中川|中野|原田|小野|田村|竹内|金子|和田|中山|石田|上田|森田"
    "|小島|柴田|酒井|工藤|横山|宮崎|宮本|内田|高木|安藤|谷口|大野|丸山|今井|高田|藤本|武田|村田|上野|杉山|増田"
    "|菅原|平野|大塚|久保|松井|小山|千葉|岩崎|桜井|木下|野口|松尾|菊地|菊池|野村|新井|佐野|大西|杉本|古川|浜田"
    "|市川|小松|高野|水野|島田|山内|西田|西川|北村|五十嵐|福島|安田|中田|平田|川口|川崎|飯田|本田|片岡|矢野"
)
_NO_GIVEN = (
    "病院|医院|地区|地域|出身|商店|食堂|支所|支部|分室|大学|高校|公園|会館|研修|相談|講座|施設"
)
_FAMILY = re.compile(
    rf"(?:^|[、。「(:/\s])(?:{_FAMILIES})\s?(?![市県町村区駅線川島山道家]|.{{0,2}}(?:{_NO_GIVEN}))"
    r"[一-龠々ぁ-んァ-ヶー]{1,3}?(?=$|[\s、。)」/\d]|[はがをも]|の(?:[父母兄姉弟妹子娘妻夫祖]|息子))"
)
_KATAKANA = re.compile(
    r"(?:^|[、。「(:])(?!ハロー|サポ|サテ|ジョブ|フリー|オンライン|ヤング|コミュニティ)[ァ-ヶー]{2,6}\s"
    r"(?!サポ|ステー|カフェ|センター|ルーム)[ァ-ヶー]{2,8}(?=$|[、。)」\d]|の[父母兄姉弟妹子])"
)


def tells(text: str) -> tuple[Tells, ...]:
    """What of these a text seems to hold, each once, in their order."""
    plain = unicodedata.normalize("NFKC", text)
    found = {
        Tells.TELEPHONE: bool(_TELEPHONE.search(plain)),
        Tells.ADDRESS: bool(_ADDRESS.search(plain)),
        Tells.MAIL: bool(_MAIL.search(plain)),
        Tells.NAME: _names(plain),
    }
    return tuple(kind for kind, there in found.items() if there)


def _names(plain: str) -> bool:
    called = any(not _NOBODY.fullmatch(one["said"]) for one in _CALLED.finditer(plain))
    return called or any(one.search(plain) for one in (_FULL, _SAID, _FAMILY, _KATAKANA))
