"""Letters that look like other letters, and words that nobody but staff may go by. Data only."""

# Within any name.
_RESERVED = """
相談員 相談役 支援者 支援員 支援スタッフ スタッフ 職員 係員 管理者 管理人 管理員 管理局 運営
サポーター サポートスタッフ お部屋番 部屋番 見守り役 見守り人 事務局 公式 責任者 担当者 主催者
代表者 当番 心理士 心理師 看護師 保健師 精神科医 弁護士 警察 カウンセラー コーディネーター
モデレーター コンシェルジュ ピアサポ アドミン システム管理 オペレーター そうだんいん しえんしゃ
しえんいん かんりしゃ かんりにん うんえい じむきょく おへやばん しょくいん せきにんしゃ
たんとうしゃ admin administrator staff moderator supporter counselor counsellor coordinator
official operator support sysop webmaster unei kanrinin sodanin soudanin
"""
RESERVED = tuple(_RESERVED.split())
# As the whole name, with or without さん.
_RESERVED_WHOLE = """
部屋 お部屋 先生 せんせい 医師 こうしき とうばん 見守り みまもり 支援 相談 管理 mod root system
bot room ibasho サポート ピア システム ルーム ボット あなた 自分 全員 みんな deleted 退室した人
"""
RESERVED_WHOLE = tuple(_RESERVED_WHOLE.split())

# One letter of each row stands for all of it. Kana are written as hiragana: names are folded to
# hiragana before the second pass, and katakana twins (エ/工) must meet there.
_ROWS = (
    # --- Latin: Greek, Cyrillic, small capitals, IPA, digits and signs
    "aаɑαᴀ@4ΑА",
    "bьЬᴃʙβвВΒßƅ8",
    "cсϲςᴄсСϹ¢ⅽ(",
    "dԁɗᴅ∂ԀⅾᎠ",
    "eеёєεᴇ3ЕΕҽ℮€ɛ",
    "fƒꜰϝғſ",
    "g9ɡɢցԍ6",
    "hһнʜНΗҺհ",
    "jјʝᴊЈϳ",
    "kкκᴋКΚҟ",
    "l1iіιɩɪıΙІӀǀ|!ⅼlIiίїlLʟ￨∣¡Ɩ",
    "mмᴍМΜⅿ",
    "nпηɴИΝոռ",
    "o0оοσᴏՕОΟ〇○◯◎●°øØѳө",
    "pрρᴘРΡþ",
    "qԛզʠ",
    "rгʀгᴦЯя",
    "sѕꜱЅ5$šʂ",
    "tтτᴛТΤ7+†",
    "uυսᴜцʋμ",
    "vνѵᴠⅴѴ",
    "wԝωᴡшщѡ",
    "xхχХΧ×ⅹ✕✖",
    "yуγʏУΥүY¥",
    "z2ᴢΖʐ",
    # --- kana and their kanji twins (both scripts, since katakana becomes hiragana)
    "にニ二",
    "えエ工ヱゑ",
    "かカ力",
    "ろロ口囗□",
    "たタ夕",
    "とト卜├",
    "はハ八",
    "へヘ∧",
    "みミ三彡",
    "ちチ千",
    "おオ才",
    "めメ乂〆",
    "ぬヌ又",
    "のノ丿",
    "むム厶",
    "ひヒ匕",
    "いイ亻ィ",
    "りリ刂",
    # --- kanji
    "管官菅宮菀館営營营",
    "理埋裡俚哩里",
    "者考著煮孝耆",
    "人入亼",
    "相柏想湘箱",
    "談淡谈啖惔",
    "員貝圓员頁負",
    "支攴攵友",
    "援緩媛暖煖",
    "運連违运違",
    "式弐弍武",
    "公么厷",
    "事亊",
    "務努勤务矜",
    "局屈",
    "職織識职",
    "部郡陪",
    "番審畨",
    "責貴青",
    "任仕住",
    "担坦但擔",
    "当當苗",
    "見具児",
    "守宇字",
    "心必",
    "士土",
    "師帥师",
    "看着",
    "保呆",
    "先无光",
    "生主",
    "日曰目",
    "未末",
    "己已巳",
    "大犬太",
    "主王玉",
    "催崔",
    "代伐",
    "表衰",
    "警驚",
    "察祭",
)

# Pairs of letters that read as one: before letters are folded, and after.
KANJI_PAIRS = (("言炎", "談"), ("王里", "理"), ("木目", "相"), ("イ士", "仕"), ("立口", "部"))
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))

# Katakana that only their strokes' directions tell apart. Folding them everywhere would make
# しま and そま one name, so only offices written in katakana are looked for this way.
STROKES = str.maketrans("しつんそすぬくわけうらふ", "つつつつすすくくくくくく")


def _table() -> dict[str, str]:
    """Every letter of overlapping rows stands for one and the same letter."""
    stands: dict[str, str] = {}
    for row in _ROWS:
        roots = {stands.get(char, char) for char in row} | {row[0]}
        root = stands.get(row[0], row[0])
        for char in row:
            stands[char] = root
        for char, old in list(stands.items()):
            if old in roots:
                stands[char] = root
    return stands


ALIKE = _table()
# Long vowels, hyphens and the number one are strokes; they are dropped with the other signs.
ALIKE.update(dict.fromkeys("ー一-‐‑‒–—―−─━ｰ~〜～_・", "\N{MIDDLE DOT}"))
