"""Who says it of whom: what was done to someone, or is said of oneself, is no attack."""

import re

REACH = 20  # characters of the same sentence that are looked at on either side

_SELF = "(?:自分|私|わたし|あたし|俺|おれ|僕|ぼく|うち|わし|わい|我が?身)"
_SELF_SAID = re.compile(_SELF)
_YOU = re.compile(
    "お前|おまえ|おめえ|あんた|てめえ|てめ-|貴様|きさま|君(?:は|も|って|の|みたい|なんか)|こいつ|あなた"
)
_OWN_BEFORE = re.compile(
    f"{_SELF}(?:自身|みたい|たち|達|らしい)?(?:は|が|も|って|なんて|なんか|なんざ|の|を|に|こそ|だけ|ほんと|本当)?"
    "[^。?]{0,12}$"
)
_OWN_AFTER = re.compile(
    f"[^。?]{{0,3}}?(?:な|の|で|すぎる|すぎて|だらけの|みたいな|のような|だった)?{_SELF}(?!だけ)"
    "|[^。?]{0,4}?(?:だ|な|です)(?:なあ|よな)?(?:と|って)(?:自分|我なが|つくづく|思って?しま|落ち込|責め)"
)
_SAID = (
    "言われ|いわれ|云われ|ゆわれ|言う親|言う父|言う母|言うやつ|言うひと|言う人|いう人|書かれ|書きこまれ|書き込まれ|書いてあ"
    "|呼ばれ|よばれ|思われ|おもわれ|見られ|怒鳴られ|どなられ|怒鳴って|怒鳴る|罵られ|ののしられ|叫ばれ|責められ|からかわれ|笑われ"
    "|扱われ|扱いされ|言って(?:き|く)|いってき|言ってた(?:親|父|母|人)|言い(?:ます|続け|放|出|始)|送られ|送って(?:き|くる)"
    "|言ってくる|来た|きた|届い|届く|噂|陰口|悪口|しか言わ|ばかり言|ばっか言|聞かれ|きかれ|誘われ|さそわれ|頼まれ|たのまれ|迫られ"
    "|せまられ|お願いされ|言うけど|言うのが|言うから|いうのが|言うんだ|言うんで|言う声|いう声|声が(?:聞こえ|する)|聞こえ|吐き捨て"
    "|言わないで|言わんで|言わせ|言うな|言うのは|いうのは|言葉|ことば|暴言|コメント|こめんと|りぷ|でぃすられ|一言|いじめ|差別|偏見"
    "|風潮|世間|せりふ|台詞|歌|意味|やつ(?:が|は|に)(?:いて|来て|きて)"
)
_TOLD_AFTER = re.compile(
    "[。?」』”’\"'\\s]*[^。?]{0,6}?(?:と|って|とか|みたいな|みたいに|なんて|だの|などと|的な|という|扱い)[^。?]{0,14}?"
    f"(?:{_SAID})|[^。?]{{0,2}}?(?:扱いされ|呼ばわり|扱いして(?:き|く))"
)
_TELLERS = (
    "親|父|母|お父さん|お母さん|ぱぱ|まま|兄|姉|弟|妹|じいちゃん|ばあちゃん|祖父|祖母|親戚|旦那|夫|妻|嫁|彼氏|彼女|家族"
    "|上司|先輩|同僚|店長|社長|職場|会社|先生|担任|教師|同級生|くらす|友達|友だち|ともだち|みんな|周り|まわり|周囲|ねっと|掲示板|世間"
    "|昔|むかし|いじめ|学校|小学|中学|高校|近所|だれか|誰か|知らない人|他人|人に|相手|元彼|もとかれ|いじめっ子|息子|娘"
)
_TELLER_BEFORE = re.compile(
    f"(?:{_TELLERS})(?:たち|達|さん|ら)?(?:に|から|が|は|も|で|の)[^。?]{{0,12}}$"
)
_QUOTED_AFTER = re.compile('[。?」』”"]*(?:と|って|とか|なんて|みたいな)(?!る)')


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of the sentence around a stretch that is looked at."""
    near, far = max(0, start - REACH), min(len(text), end + REACH)
    left = max(text.rfind("。", near, start), text.rfind("?", near, start)) + 1
    rights = [at for at in (text.find("。", end, far), text.find("?", end, far)) if at >= 0]
    return max(left, near), min(rights, default=far)


def sentences(text: str) -> int:
    """How many sentences a folded text has."""
    return sum(bool(one.strip("w~ ")) for one in re.split("[。?]", text))


def speaks_of_self(text: str) -> bool:
    """Whether someone names themselves anywhere in it."""
    return bool(_SELF_SAID.search(text))


def told(text: str, start: int, end: int) -> bool:
    """Whether it is told: someone was told it, asked for it, called it."""
    after = text[end : end + REACH + 8]
    if _TOLD_AFTER.match(after):
        return True
    before = text[sentence(text, start, end)[0] : start]
    return bool(_TELLER_BEFORE.search(before) and _QUOTED_AFTER.match(after))


def own(text: str, start: int, end: int) -> bool:
    """Whether someone says it of themselves."""
    before = text[sentence(text, start, end)[0] : start]
    if _YOU.search(before) or _YOU.search(text, start, end):
        return False
    return bool(_OWN_BEFORE.search(before) or _OWN_AFTER.match(text[end : end + REACH]))
