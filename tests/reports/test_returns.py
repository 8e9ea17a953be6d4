"""Several houses, one prefecture: each month comes signed, once, and with its corrections."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from foundation.clock import JST
from ledger.entries import Fact, counter_enter, enter, merge_subjects
from ledger.models import Entry
from ledger.queries import verify
from ledger.states import Kind, Reason
from ledger.subjects import subject_of
from reports import returning
from reports.actions.returns import join, take_return, write_return
from reports.indicators import figures
from reports.models import ReturnedEntry
from reports.queries import not_reported, overlap_unknown
from reports.returning import BadReturn
from reports.rules import shipped

# The last second of September and the first of October in Japan.
SEPTEMBER = datetime(2022, 9, 30, 14, 59, 59, tzinfo=UTC)
OCTOBER = datetime(2022, 9, 30, 15, 0, tzinfo=UTC)


class House:
    """Another house: its entries are written, read into a file and forgotten again."""

    def __init__(self, settings, name: str) -> None:
        self.settings, self.name = settings, name

    def files(self, *months: str, shared: bool = False) -> list[bytes]:
        s = self.settings
        kept = s.SEALING_KEY, s.SUBJECT_KEY
        s.SEALING_KEY = f"sealing of {self.name}"
        s.SUBJECT_KEY = kept[1] if shared else f"subjects of {self.name}"
        try:
            self.key = returning.own_key()
            with transaction.atomic():
                self.live()
                found = [write_return(program="kochi", month=month) for month in months]
                transaction.set_rollback(True)
        finally:
            s.SEALING_KEY, s.SUBJECT_KEY = kept
        return found

    def live(self) -> None:
        for code in ("a", "b"):
            self.case(code, SEPTEMBER)
        counter_enter("kochi", seq=1, reason=Reason.TWICE, confirmed_by=3, now=OCTOBER)
        self.case("c", OCTOBER)
        one, other = subject_of("kochi", "b"), subject_of("kochi", "c")
        merge_subjects(
            "kochi", subject=one, into=other, on=date(2022, 9, 30), confirmed_by=3, now=OCTOBER
        )

    def case(self, code: str, now: datetime) -> None:
        enter(
            Fact(program="kochi", kind=Kind.NEW_CASE, occurred_on=date(2022, 9, 1), cohort="yes",
                 subject=subject_of("kochi", code)),
            confirmed_by=3,
            now=now,
        )  # fmt: skip


@pytest.fixture
def north(settings, db) -> House:
    return House(settings, "北")


def known(house: House, *files: bytes, now) -> list[bytes]:
    join(name=house.name, public_key=house.key, now=now)
    return list(files)


def new_cases() -> int:
    return figures(shipped()["kochi-2020"])[0].actual[2022]


def test_a_month_comes_with_its_corrections_and_counts_as_at_home(north, now):
    september, october = known(north, *north.files("2022-09", "2022-10"), now=now)
    assert take_return(september, now=now).new == 2
    assert new_cases() == 2
    taken = take_return(october, now=now)
    assert (taken.rows, taken.new) == (3, 3)
    # a was taken back; b and c are one person.
    assert new_cases() == 1
    assert all(not verdict.broken for verdict in verify())
    assert Entry.objects.get(seq=2).evidence.endswith(":2")


def test_a_file_that_comes_twice_is_counted_once(north, now):
    september, october = known(north, *north.files("2022-09", "2022-10"), now=now)
    for data in (september, september, october, september):
        take_return(data, now=now)
    assert ReturnedEntry.objects.count() == 5
    assert new_cases() == 1


def test_two_houses_count_each_their_own(north, settings, now):
    south = House(settings, "南")
    # Written before anything is taken in: they share this test's database.
    sent = [known(house, *house.files("2022-09"), now=now)[0] for house in (north, south)]
    assert [take_return(data, now=now).new for data in sent] == [2, 2]
    assert new_cases() == 4
    assert overlap_unknown()


def test_houses_that_share_a_key_count_one_person_once(north, settings, now):
    south = House(settings, "南")
    sent = [
        known(house, *house.files("2022-09", shared=True), now=now)[0] for house in (north, south)
    ]
    assert [take_return(data, now=now).new for data in sent] == [2, 2]
    assert new_cases() == 2
    assert not overlap_unknown()


def test_a_house_takes_neither_its_own_key_nor_its_own_file(db, now, settings):
    enter(
        Fact(program="kochi", kind=Kind.NEW_CASE, occurred_on=date(2022, 9, 1), cohort="yes",
             subject=subject_of("kochi", "a")),
        confirmed_by=3,
        now=SEPTEMBER,
    )  # fmt: skip
    own = write_return(program="kochi", month="2022-09")
    with pytest.raises(BadReturn, match="じぶん"):
        join(name="うち", public_key=returning.own_key(), now=now)
    with pytest.raises(BadReturn, match="じぶん"):
        take_return(own, now=now)
    assert Entry.objects.count() == new_cases() == 1


def test_what_came_from_another_house_is_not_handed_on(north, now, tmp_path):
    """Whoever hears it from both would count it twice."""
    for data in known(north, *north.files("2022-09"), now=now):
        take_return(data, now=now)
    month = f"{now.astimezone(JST):%Y-%m}"
    with pytest.raises(BadReturn, match="ほかの団体"):
        write_return(program="kochi", month=month)
    with pytest.raises(CommandError, match="ほかの団体"):
        call_command("kpi_return", "write", "kochi", month, str(tmp_path / "file"))
    assert not (tmp_path / "file").exists()


def test_a_month_that_is_missing_before_is_told(north, now):
    _, october = known(north, *north.files("2022-09", "2022-10"), now=now)
    with pytest.raises(BadReturn, match="前の月"):
        take_return(october, now=now)
    assert not Entry.objects.exists()


def test_a_stranger_s_file_and_a_changed_one_are_refused(north, now):
    (data,) = north.files("2022-09")
    with pytest.raises(BadReturn, match="登録"):
        take_return(data, now=now)
    known(north, data, now=now)
    told = json.loads(data)
    told["entries"][0]["quantity"] = 5
    with pytest.raises(BadReturn, match="署名"):
        take_return(json.dumps(told).encode(), now=now)
    for rubbish in (b"", b"[]", b"{}", b'{"signature": "zz"}', b"\xff\xfe"):
        with pytest.raises(BadReturn):
            take_return(rubbish, now=now)
    assert not Entry.objects.exists()


def test_a_history_that_was_made_anew_over_there_is_refused(north, settings, now):
    class Changed(House):
        def live(self) -> None:
            self.case("x", SEPTEMBER)

    (other,) = Changed(settings, "北").files("2022-09")
    (data,) = known(north, *north.files("2022-09"), now=now)
    take_return(data, now=now)
    with pytest.raises(BadReturn, match="前に届いた"):
        take_return(other, now=now)


def test_the_command_tells_who_has_not_reported(north, now, tmp_path):
    (data,) = known(north, *north.files("2022-09"), now=now)
    assert not_reported("2022-09") == ["北"]
    file = tmp_path / "北-2022-09.json"
    file.write_bytes(data)
    out = StringIO()
    call_command("kpi_return", "take", str(file), stdout=out)
    call_command("kpi_return", "missing", "2022-09", stdout=out)
    assert "北 2022-09: 2行、新しいもの2行。" in out.getvalue()
    assert "すべての団体から" in out.getvalue()
    assert "団体間の重複は除けない" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("kpi_return", "missing", "2022-13")


def test_a_file_says_nothing_of_who_somebody_is(north):
    (data,) = north.files("2022-09")
    told = json.loads(data)
    assert set(told) == {
        "format", "sender", "program", "month", "key_print", "entries", "signature",
    }  # fmt: skip
    assert "note" not in data.decode()
