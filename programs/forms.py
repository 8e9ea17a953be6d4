"""Paper: what a coordinator wrote about an agency, a place or a text, read and judged.

The same for one form and for ten thousand rows of a list. No database: which municipalities exist
is passed in.
"""

import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from foundation.refusals import Refused
from foundation.tidy import tidy
from programs import opening_words
from programs.municipalities import is_prefecture, is_valid, is_ward_of_designated_city
from programs.states import ACCEPTS_NAMES, KIND_NAMES, Accepts, AgencyKind

MOST = {
    "name": 80, "address": 120, "telephone": 20, "hours_text": 120, "note": 400, "url": 300,
    "source": 200,
}  # fmt: skip
PLACE_MOST = {
    "name": 80, "run_by": 80, "address": 120, "way": 1000, "hours_text": 200, "for_whom": 200,
    "note": 1000, "telephone": 20, "url": 300, "source": 200,
}  # fmt: skip
MOST_TEXT = 6000
_REQUIRED = {
    "name": "名前を入れてください。",
    "source": "どこで知ったか(出典)を入れてください。",
    "run_by": "どこが運営しているかを入れてください。",
}
_TELEPHONE = re.compile(r"0[0-9-]{8,14}|#[0-9]{4}|1[0-9]{2}")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?::[0-9]+)?(?:[/?#][^\s<>\"]*)?")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_ERA = re.compile(
    r"(令和|平成|昭和|[RHS])([0-9]{1,2}|元)[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", re.I
)
_BEFORE = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}
_SERIAL_ZERO = date(1899, 12, 30)  # Excel keeps a day as the number of days after this one
_SPLIT = re.compile(r"[、,・/\s|;]+")
_KIND_CODES = frozenset(kind.value for kind in AgencyKind)
_ACCEPTS_CODES = frozenset(one.value for one in Accepts)
_KINDS = {name: kind for kind, name in KIND_NAMES.items()}
_ACCEPTS = {name: one for one, name in ACCEPTS_NAMES.items()}


@dataclass(slots=True)
class Paper:
    """`values` by column, ready to be kept; `wrong`: a sentence for each field that isn't."""

    values: dict[str, object] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def agency(raw: Mapping[str, str], *, towns: Container[str], today: date) -> Paper:
    """An agency's columns from strings; `kind` and `accepts` by their codes or Japanese names."""
    paper = Paper()
    _words(paper, raw, MOST)
    _kind(paper, raw.get("kind", ""))
    _town(paper, raw.get("municipality", ""), towns)
    _accepts(paper, raw.get("accepts", ""))
    _telephone(paper)
    _url(paper)
    _verified(paper, raw.get("verified_on", ""), today)
    paper.values["hours"] = opening_words.read(str(paper.values.get("hours_text", "")))
    return paper


def place(raw: Mapping[str, str], *, towns: Container[str], today: date) -> Paper:
    """A real place's columns from strings."""
    paper = Paper()
    _words(paper, raw, PLACE_MOST)
    _town(paper, raw.get("municipality", ""), towns)
    _telephone(paper)
    _url(paper)
    _verified(paper, raw.get("verified_on", ""), today)
    return paper


def text(raw: Mapping[str, str]) -> Paper:
    """A text of plain paragraphs."""
    paper = Paper()
    _words(paper, raw, {"body": MOST_TEXT})
    if not paper.values["body"]:
        paper.wrong.setdefault("body", "文章を入れてください。")
    return paper


def paragraphs(body: str) -> list[str]:
    """A text as it is shown: an empty line begins a new paragraph."""
    return [part.strip() for part in re.split(r"\n[ \t\u3000]*\n", body) if part.strip()]


def folded(name: str) -> str:
    """A name as it is compared: wide and narrow signs, spaces and case don't tell two apart."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


def _words(paper: Paper, raw: Mapping[str, str], most: Mapping[str, int]) -> None:
    for name, length in most.items():
        written = raw.get(name, "")
        try:
            kept = tidy(written, most=length, required=False)
        except Refused as no:
            kept = ""
            paper.wrong[name] = (
                f"{length}文字までにしてください(いまは{len(written.strip())}文字)。"
                if no.code == "too_long"
                else "使えない文字が入っています。"
            )
        paper.values[name] = kept
        if not kept and name in _REQUIRED:
            paper.wrong.setdefault(name, _REQUIRED[name])


def _kind(paper: Paper, written: str) -> None:
    wanted = unicodedata.normalize("NFKC", written).strip()
    if wanted in _KIND_CODES:
        paper.values["kind"] = wanted
    elif wanted in _KINDS:
        paper.values["kind"] = _KINDS[wanted].value
    else:
        paper.wrong["kind"] = "種別は、一覧にある名前にしてください。"


def _town(paper: Paper, written: str, towns: Container[str]) -> None:
    code = unicodedata.normalize("NFKC", written).strip()
    if not re.fullmatch(r"[0-9]{6}", code):
        said = "市町村コードは数字6けたです。"
        if re.fullmatch(r"[0-9]{5}", code):
            said += "(先頭の0か、最後の検査数字がぬけていませんか。)"
        paper.wrong["municipality"] = said
    elif not is_valid(code):
        paper.wrong["municipality"] = "市町村コードの検査数字(6けための数字)が合いません。"
    elif is_prefecture(code):
        paper.wrong["municipality"] = "それは都道府県のコードです。市町村のコードにしてください。"
    elif is_ward_of_designated_city(code):
        paper.wrong["municipality"] = "それは区のコードです。市のコードにしてください。"
    elif code not in towns:
        paper.wrong["municipality"] = "その市町村コードは、一覧にありません。"
    else:
        paper.values["municipality_id"] = code


def _accepts(paper: Paper, written: str) -> None:
    parts = {part for part in _SPLIT.split(unicodedata.normalize("NFKC", written)) if part}
    if not all(_is_accepted(part) for part in parts):
        names = "・".join(ACCEPTS_NAMES.values())
        paper.wrong["accepts"] = f"対象と方法は、{names} から選んでください。"
    known = {_ACCEPTS.get(part, part) for part in parts}
    paper.values["accepts"] = [one.value for one in Accepts if one in known]


def _is_accepted(part: str) -> bool:
    return part in _ACCEPTS or part in _ACCEPTS_CODES


def _telephone(paper: Paper) -> None:
    written = unicodedata.normalize("NFKC", str(paper.values.get("telephone", "")))
    number = re.sub(r"[‐‑–—ー−]", "-", written).replace("(", "-").replace(")", "-").strip("- ")
    number = re.sub(r"[\s-]+", "-", number)
    paper.values["telephone"] = number
    if number and not _TELEPHONE.fullmatch(number):
        said = "電話番号は 0 からはじまる数字とハイフンにしてください。"
        if re.fullmatch(r"[1-9][0-9]{7,9}", number):
            said += "先頭の0が消えていませんか。"
        paper.wrong.setdefault("telephone", said)


def _url(paper: Paper) -> None:
    url = str(paper.values.get("url", ""))
    if url and not _URL.fullmatch(url):
        paper.wrong.setdefault("url", "アドレスは https:// からはじまるものにしてください。")


def day(written: str) -> date | None:
    """A day as people and spreadsheets write it; None when it is none."""
    folded_ = unicodedata.normalize("NFKC", written).strip()
    try:
        if parts := _DAY.fullmatch(folded_):
            return date(*(int(part) for part in parts.groups()))
        if parts := _ERA.fullmatch(folded_):
            era, year, month, day_ = parts.groups()
            counted = _BEFORE[era.upper()] + (1 if year == "元" else int(year))
            return date(counted, int(month), int(day_))
        if re.fullmatch(r"[0-9]{5}", folded_):
            return _SERIAL_ZERO + timedelta(days=int(folded_))
    except ValueError:
        return None
    return None


def _verified(paper: Paper, written: str, today: date) -> None:
    found = day(written)
    if found is None:
        paper.wrong["verified_on"] = "たしかめた日を 2026-04-01 のように入れてください。"
    elif found > today:
        paper.wrong["verified_on"] = "たしかめた日が、きょうより後になっています。"
    elif found.year < 2000:
        paper.wrong["verified_on"] = "たしかめた日の年を見なおしてください。"
    else:
        paper.values["verified_on"] = found
