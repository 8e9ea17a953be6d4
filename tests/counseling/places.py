"""Where one can go: an agency and a real place, as a coordinator would have entered them."""

from datetime import datetime

from foundation.clock import jst_day
from programs.models import Agency, Municipality, Place, Program


def make_town(code: str = "281000", name: str = "神戸市") -> Municipality:
    """A municipality of Hyogo."""
    made, _ = Municipality.objects.get_or_create(
        code=code, defaults={"prefecture": "兵庫県", "name": name, "kana": "こうべし"}
    )
    return made


def make_agency(program: Program, *, now: datetime, **columns: object) -> Agency:
    """A サポステ that stands."""
    plain = {
        "program": program, "kind": "youth_station", "name": "わかものサポートステーション",
        "municipality": make_town(), "hours_text": "月〜金 10:00〜17:00",
        "hours": [[[0, 1, 2, 3, 4], "10:00", "17:00"]], "accepts": ["person", "family", "online"],
        "source": "名簿", "verified_on": jst_day(now), "changed_at": now,
    }  # fmt: skip
    return Agency.objects.create(**{**plain, **columns})


def make_place(program: Program, *, now: datetime, **columns: object) -> Place:
    """A real ibasho."""
    plain = {
        "program": program, "name": "ひだまり", "municipality": make_town(), "run_by": "社協",
        "for_whom": "どなたでも", "hours_text": "土 13:00〜16:00", "source": "名簿",
        "verified_on": jst_day(now), "changed_at": now,
    }  # fmt: skip
    return Place.objects.create(**{**plain, **columns})
