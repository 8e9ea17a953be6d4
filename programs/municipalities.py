"""全国地方公共団体コード: the check digit, and what isn't a municipality. Pure; no Django."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).resolve().parent / "data" / "municipalities.csv"

_SIX = re.compile(r"[0-9]{6}", re.ASCII)
_KANA = re.compile(r"[ぁ-ゖー]+")
_WEIGHTS = (6, 5, 4, 3, 2)
COLUMNS = ("code", "prefecture", "name", "kana", "population_2020")
MOST_ROWS = 20_000  # Japan has had at most 15,859 municipalities since codes exist
MOST_ERRORS = 50
SPECIAL_WARDS = "13"  # Tokyo's 23 wards are municipalities of their own
# The 20 designated cities. Their wards hold the numbers beside theirs.
_DESIGNATED_CITIES = """
01100 04100 11100 12100 14100 14130 14150 15100 22100 22130 23100 26100 27100 27140 28100 33100
34100 40100 40130 43100
"""
DESIGNATED_CITIES = frozenset(_DESIGNATED_CITIES.split())
_PREFECTURES = """
北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都
神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府
大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県
福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
"""
PREFECTURES = tuple(_PREFECTURES.split())


def check_digit(code5: str) -> str:
    """The sixth digit of a code's first five. Anything but five digits is a ValueError."""
    if not _SIX.fullmatch(code5 + "0"):
        raise ValueError("five digits are needed")
    total = sum(int(digit) * weight for digit, weight in zip(code5, _WEIGHTS, strict=True))
    return str(11 - total % 11)[-1]


def is_valid(code6: str) -> bool:
    """Whether these are six digits and the last one checks."""
    return bool(_SIX.fullmatch(code6)) and check_digit(code6[:5]) == code6[5]


def is_prefecture(code6: str) -> bool:
    """Whether the code names a whole prefecture."""
    return code6[2:5] == "000"


def is_ward_of_designated_city(code6: str) -> bool:
    """Whether the code names a ward of a designated city, as 281018 does (神戸市東灘区)."""
    return (
        code6[:2] != SPECIAL_WARDS
        and 100 <= int(code6[2:5]) < 200
        and code6[:5] not in DESIGNATED_CITIES
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One municipality as a file gives it; `population` None where it is unknown."""

    code: str
    prefecture: str
    name: str
    kana: str
    population: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of a file (the header is line 1)."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.line}行目: {self.sentence}"


class BadFile(Exception):
    """A file that can't be taken; nothing of it was. `problems` in order of their lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def read(lines: Iterable[str]) -> list[Row]:
    """All rows of a CSV file's lines, every one of them checked. Raises `BadFile`."""
    reader = csv.reader(lines, strict=True)
    problems: list[Problem] = []
    rows: dict[str, Row] = {}
    try:
        header = [cell.strip().lstrip("\ufeff") for cell in next(reader, [])]
        if tuple(header) != COLUMNS:
            raise BadFile([Problem(1, f"見出しは {','.join(COLUMNS)} にしてください。")])
        _read_rows(reader, rows, problems)
    except csv.Error:
        problems.append(Problem(reader.line_num, "CSVとして読めません(引用符や改行)。"))
    if not rows and not problems:
        problems.append(Problem(2, "データの行がありません。"))
    if problems:
        raise BadFile(problems)
    return list(rows.values())


@cache
def shipped_codes() -> frozenset[str]:
    """The codes of the list that comes with the house."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return frozenset(row.code for row in read(lines))


def _read_rows(reader: Any, rows: dict[str, Row], problems: list[Problem]) -> None:
    lines: dict[str, int] = {}
    for cells in reader:
        if not cells:
            continue
        line = reader.line_num
        found = _row(cells)
        if isinstance(found, str):
            problems.append(Problem(line, found))
        elif found.code in rows:
            sentence = f"コード {found.code} は {lines[found.code]}行目にもあります。"
            problems.append(Problem(line, sentence))
        else:
            rows[found.code], lines[found.code] = found, line
        if len(rows) > MOST_ROWS:
            problems.append(Problem(line, f"{MOST_ROWS}行より多いファイルは読めません。"))
            return
        if len(problems) >= MOST_ERRORS:
            return


def _row(cells: Sequence[str]) -> Row | str:
    if len(cells) != len(COLUMNS):
        return f"列が{len(cells)}個あります。{len(COLUMNS)}個にしてください。"
    code, prefecture, name, kana, population = (cell.strip() for cell in cells)
    return (
        _wrong_code(code)
        or _wrong_words(code, prefecture, name, kana, population)
        or Row(code, prefecture, name, kana, int(population) if population else None)
    )


def _wrong_code(code: str) -> str | None:
    if not _SIX.fullmatch(code):
        return "コードは半角数字6けたにしてください。"
    if not is_valid(code):
        return f"コード {code} の検査数字が合いません(正しくは {check_digit(code[:5])})。"
    if not 1 <= int(code[:2]) <= len(PREFECTURES):
        return f"コード {code} の都道府県番号がありません。"
    if is_prefecture(code):
        return f"コード {code} は都道府県です。市区町村ではありません。"
    if is_ward_of_designated_city(code):
        return f"コード {code} は政令指定都市の区です。市区町村ではありません。"
    return None


def _wrong_words(code: str, prefecture: str, name: str, kana: str, population: str) -> str | None:
    if prefecture != PREFECTURES[int(code[:2]) - 1]:
        return f"コード {code} の都道府県は {PREFECTURES[int(code[:2]) - 1]} です。"
    if not 1 <= len(name) <= 32 or not name.isprintable():
        return "名前は1文字から32文字にしてください。"
    if not len(kana) <= 64 or not _KANA.fullmatch(kana):
        return "よみがなは64文字までのひらがなにしてください。"
    if population and not (re.fullmatch(r"[0-9]{1,9}", population, re.ASCII)):
        return "人口は半角の整数にするか、空にしてください。"
    return None
