"""What is known of the help lines, and what the page says of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from foundation.clock import JST
from helplines import lines as module
from helplines.lines import BadLines, lines, parse, shown

GOOD = """
[[line]]
key = "a"
name = "A"
kind = "phone"
number = "0120-000-000"
hours = [{ days = "daily", opens = "16:00", closes = "21:00" }]
source = "x"
verified_on = 2026-11-01
verified = true
[[line]]
key = "b"
name = "B"
kind = "chat"
url = "https://example.jp/"
source = "x"
verified = false
"""


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+09:00")


def line(name: str, when: datetime):
    return next(found for found in shown(when) if found.name.startswith(name))


def test_the_shipped_lines_can_be_read_and_each_has_a_source():
    assert len(lines()) >= 12
    assert all(one.source for one in lines())


def test_nothing_that_a_person_has_not_verified_is_shown_as_verified():
    assert all(not one.verified or one.verified_on for one in lines())
    assert all(one.stale for one in shown(at("2026-11-24", "02:00")) if not one.verified)


def test_at_every_hour_of_a_week_someone_answers_by_phone_and_someone_in_writing():
    start = at("2026-11-23", "00:30")
    for hour in range(24 * 7):
        there = [one for one in shown(start + timedelta(hours=hour)) if one.open_now]
        assert any(one.tel for one in there) and any(one.href for one in there)


def test_those_who_answer_now_come_first():
    opens = [one.open_now for one in shown(at("2026-11-24", "02:00"))]
    assert opens == sorted(opens, reverse=True)


def test_a_campaign_line_is_shown_on_its_days_only():
    def there(day: str) -> bool:
        return any("孤独" in one.name for one in shown(at(day, "12:00")))

    assert [there(f"2022-05-0{n}") for n in (1, 2, 7, 8)] == [False, True, True, False]
    assert there("2023-12-31") and not there("2026-11-24")


def test_a_campaign_begins_at_midnight_in_japan():
    just_before = datetime(2022, 5, 1, 14, 59, tzinfo=UTC)
    assert not any("孤独" in one.name for one in shown(just_before))
    assert any("孤独" in one.name for one in shown(just_before + timedelta(minutes=1)))


def test_the_tenth_of_the_month_opens_the_line_from_eight_to_eight():
    name = "いのちの電話(フリー"
    assert not line(name, at("2026-11-10", "07:59")).open_now
    assert line(name, at("2026-11-10", "08:00")).open_now
    assert line(name, at("2026-11-11", "07:59")).open_now
    assert not line(name, at("2026-11-11", "08:00")).open_now
    assert line(name, at("2026-11-09", "22:00")).next_text == "あす 8:00 から"


def test_a_number_with_a_hash_can_be_dialled_from_a_link():
    assert line("神戸", at("2026-11-24", "10:00")).tel == "%238900"
    assert line("よりそい", at("2026-11-24", "10:00")).tel == "0120279338"


def test_a_line_without_known_hours_is_never_called_open():
    found = line("こころの健康", at("2026-11-24", "10:00"))
    assert not found.open_now and found.next_text is None
    assert found.hours_text == module.UNKNOWN_HOURS


@pytest.mark.parametrize(("days", "stale"), [(90, False), (91, True)])
def test_after_90_days_a_line_wants_looking_after(monkeypatch, days, stale):
    monkeypatch.setattr(module, "lines", lambda: parse(GOOD))
    when = datetime.combine(date(2026, 11, 1) + timedelta(days=days), datetime.min.time(), JST)
    assert line("A", when).stale is stale


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "chat"', 'kind = "fax"', "kind"),
        ('kind = "chat"', 'kind = "phone"\nnumber = "1"', "both"),
        ('number = "0120-000-000"', 'number = "tel 1"', "number"),
        ('number = "0120-000-000"', "", "number or url"),
        ('url = "https://example.jp/"', 'url = "http://example.jp/"', "https"),
        ('url = "https://example.jp/"', 'url = "javascript:1"', "https"),
        ('opens = "16:00"', 'opens = "25:00"', "hours"),
        ('days = "daily"', 'days = ["someday"]', "hours"),
        ('days = "daily"', "month_day = 32", "hours"),
        ('source = "x"\nverified_on', "verified_on", "source"),
        ("verified_on = 2026-11-01", "", "not when"),
        ("verified = false", "", "verified"),
        ('key = "b"', 'key = "a"', "twice"),
        ('key = "b"', 'key = "b"\nfax = 1', "unknown"),
        (
            "verified = false",
            "verified = false\nvalid = [{from=2026-02-01,until=2026-01-01}]",
            "ends",
        ),
        ("[[line]]", "[[line", "TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(old, new, says):
    parse(GOOD)
    with pytest.raises(BadLines, match=says):
        parse(GOOD.replace(old, new))
