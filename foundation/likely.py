"""What looks as if it told who somebody is: a number, an address, a name. Pure.

It sees what has the form of one. A name that is written like any other word it can't see, and
nothing that leans on it may say otherwise.
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
    rf"[都道府県市区町村郡].{{0,12}}?(\d+[-−ー]\d+{_HOW_OFTEN}|丁目|番地|\d+号)|〒?\d{{3}}-\d{{4}}"
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
    return called or bool(_FULL.search(plain) or _SAID.search(plain))
