"""The month on a page: planned by mori, read by all of the team."""

import re
from datetime import date, timedelta

import pytest

from audit.models import AuditEntry
from duty.models import AlarmTest, AlertHour, Call, Pattern, Shift
from duty.queries import channels_of, hours_of, rules_of
from duty.states import Channel
from foundation import clock
from tests.cast import make_room, signed_in_as, staff_viewer
from tests.duty.post_offices import Browser
from tests.moderation.test_desk import page, said_no, sent

ROTA = "/moderation/rota/"
PATTERNS = "/moderation/rota/patterns/"


@pytest.fixture
def evening(ren):
    """A shift far ahead, as a form sends it."""
    return {"supporter": ren.pk, "day": "2098-12-31", "begins": "22:00", "ends": "02:00"}


def test_a_planned_shift_stands_on_its_japanese_day(evening, ren, sora, mori, rooms):
    sent(
        signed_in_as(mori), f"{ROTA}plan/", to=ROTA, month="2098-12", room=[rooms[1].pk], **evening
    )
    seen = page(signed_in_as(sora), f"{ROTA}?month=2098-12")
    row = re.search(r'data-day="2098-12-31".*?</tr>', seen, re.S)
    assert row is not None
    assert "22:00–2:00 <strong>れん</strong>" in row[0]
    assert "夜ふかしの部屋" in row[0]
    assert "れん" not in page(signed_in_as(sora), f"{ROTA}?month=2098-11")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"supporter": ""}, "no_supporter"),
        ({"day": "12月31日"}, "no_day"),
        ({"day": "9999-12-31"}, "no_day"),
        ({"day": "0001-01-01"}, "no_day"),
        ({"begins": "25:00"}, "no_time"),
        ({"begins": "22:00:01"}, "no_time"),
        ({"ends": "22:00"}, "no_length"),
        ({"ends": "11:00"}, "shift_too_long"),
        ({"day": "2020-01-01"}, "in_the_past"),
        ({"supporter": "9" * 18}, "not_a_supporter"),
        ({"supporter": "9" * 19}, "no_supporter"),
        ({"room": "987654"}, "no_such_room"),
    ],
)
def test_a_slip_of_the_pen_gets_a_sentence_and_loses_nothing(changed, code, evening, mori, rooms):
    form = {**evening, "month": "2098-12", **changed}
    told = said_no(signed_in_as(mori), f"{ROTA}plan/", code, **form)
    if "day" not in changed:
        assert 'value="2098-12-31"' in told
    if "begins" not in changed:
        assert 'name="begins" value="22:00"' in told
    assert not Shift.objects.exists()


def test_overlap_is_told_on_the_page(evening, mori):
    client = signed_in_as(mori)
    sent(client, f"{ROTA}plan/", to=ROTA, **evening)
    said_no(client, f"{ROTA}plan/", "shifts_overlap", **{**evening, "begins": "23:00"})


def test_a_role_s_last_day_is_told_before_and_after_it_is_moved(evening, ren, sora, mori):
    client = signed_in_as(mori)
    ren.grants.update(expires_on=date(2098, 12, 31))
    told = said_no(client, f"{ROTA}plan/", "after_the_role", month="2098-12", **evening)
    assert 'value="2098-12-31"' in told and not Shift.objects.exists()
    for who in (ren, sora):
        form = {**evening, "supporter": who.pk, "ends": "00:00"}
        sent(client, f"{ROTA}plan/", to=ROTA, month="2098-12", **form)
    assert "役割は" not in page(client, f"{ROTA}?month=2098-12")
    ren.grants.update(expires_on=date(2098, 12, 30))
    (chip,) = re.findall(r"<strong>(\w+)</strong></a> <span class=\"chip\">役割は 12/30 まで",
                         page(client, f"{ROTA}?month=2098-12"))  # fmt: skip
    assert chip == "れん"


def test_holidays_are_named(ren):
    assert "勤労感謝の日" in page(signed_in_as(ren), f"{ROTA}?month=2026-11")


@pytest.mark.parametrize("month", ["2150-01", "2021-12", "x", "2026-13", "0001-01"])
def test_a_month_that_is_none_shows_the_present_one(month, ren):
    assert "きょう" in page(signed_in_as(ren), f"{ROTA}?month={month}")


def test_supporters_see_no_planning_and_coordinators_do(ren, mori):
    assert "rota-plan" not in page(signed_in_as(ren), ROTA)
    assert f"{ROTA}plan/" not in page(signed_in_as(ren), ROTA)
    assert f"{ROTA}plan/" in page(signed_in_as(mori), ROTA)
    for address in (f"{ROTA}plan/", f"{ROTA}rules/", PATTERNS, f"{ROTA}preview/"):
        assert signed_in_as(ren).post(address).status_code == 404


def test_a_month_is_seen_before_it_is_planned(ren, sora, mori, rooms):
    client = signed_in_as(mori)
    weekly = {"supporter": ren.pk, "weekday": 6, "begins": "22:00", "ends": "02:00"}
    sent(client, PATTERNS, to=PATTERNS, room=[rooms[0].pk], rests_on_holidays="on", **weekly)
    said_no(client, PATTERNS, "patterns_overlap", **{**weekly, "weekday": 0, "begins": "01:00"})
    assert "祝日は休み" in page(client, PATTERNS)
    seen = page(client, f"{ROTA}preview/?month=2098-12")
    assert "4 の当番を入れる" in seen
    assert seen.count('data-verdict="new"') == 4
    assert not Shift.objects.exists()
    sent(client, f"{ROTA}preview/", to=ROTA, month="2098-12")
    assert Shift.objects.count() == 4
    assert page(client, f"{ROTA}preview/?month=2098-12").count('data-verdict="there"') == 4
    sent(client, f"{PATTERNS}{Pattern.objects.get().pk}/remove/", to=PATTERNS)
    assert not Pattern.objects.exists()


def test_the_longest_stretch_is_set_on_the_page(mori, program):
    client = signed_in_as(mori)
    stood = {"seen_longest": 120, "seen_hard": 3}
    sent(client, f"{ROTA}rules/", to=ROTA, longest_minutes=90, hard_after=2, **stood)
    assert rules_of(program.pk).longest_minutes == 90
    told = said_no(
        client, f"{ROTA}rules/", "changed_meanwhile", longest_minutes=60, hard_after=4, **stood
    )
    # What a colleague set stands beside what was written, and goes along the next time.
    assert "90分、2つ" in told and 'name="longest_minutes" value="60"' in told
    now_seen = {name: int(told.split(f'name="{name}" value="')[1].split('"')[0]) for name in stood}
    assert now_seen == {"seen_longest": 90, "seen_hard": 2}
    sent(client, f"{ROTA}rules/", to=ROTA, longest_minutes=60, hard_after=4, **now_seen)
    assert rules_of(program.pk).longest_minutes == 60
    said_no(client, f"{ROTA}rules/", "out_of_range", longest_minutes=20, hard_after=2)


def test_a_month_costs_the_same_however_full_it_is(
    evening, ren, sora, mori, rooms, django_assert_max_num_queries
):
    client = signed_in_as(mori)
    for day in ("2098-12-01", "2098-12-02", "2098-12-03"):
        for who in (ren, sora):
            sent(
                client, f"{ROTA}plan/", to=ROTA, room=[rooms[0].pk],
                **{**evening, "day": day, "supporter": who.pk},
            )  # fmt: skip
    with django_assert_max_num_queries(14):
        page(client, f"{ROTA}?month=2098-12")


# --- how one is called ---------------------------------------------------------------------------


def test_hours_and_channels_are_chosen_on_a_page(ren):
    client, alerts = signed_in_as(ren), "/moderation/alerts/"
    assert page(client, alerts).count('type="checkbox"') == 168
    sent(client, alerts, to=alerts, first="email", second="desk", hour=["0", "167"])
    assert channels_of(staff_viewer(ren)) == (Channel.EMAIL, Channel.DESK)
    assert page(client, alerts).count(" checked") == 2
    # What was ticked stays when something else was wrong.
    assert said_no(client, alerts, "no_channel", hour=["5"]).count(" checked") == 1
    said_no(client, alerts, "out_of_range", first="desk", hour=["168"])
    sent(client, alerts, to=alerts, first="desk", hour=["1", "x", "-1"])
    assert hours_of(staff_viewer(ren)) == {1}


def test_an_hour_that_is_none_is_not_kept(ren):
    sent(
        signed_in_as(ren), "/moderation/alerts/", to="/moderation/alerts/", first="desk",
        hour=["９", "1.5"],
    )  # fmt: skip
    assert not AlertHour.objects.exists()


def test_a_test_alarm_stands_on_every_desk_until_somebody_answers(ren, mori):
    sent(signed_in_as(mori), "/moderation/alerts/test/", to="/moderation/alerts/")
    test = AlarmTest.objects.get()
    answer = f"/moderation/alerts/tests/{test.pk}/acknowledge/"
    assert "ためしのよびだし" in page(signed_in_as(mori))
    assert answer not in page(signed_in_as(mori))
    said_no(signed_in_as(mori), answer, "own_test")
    assert answer in page(signed_in_as(ren))
    sent(signed_in_as(ren), answer)
    test.refresh_from_db()
    assert test.acknowledged_by == ren
    assert "ためしのよびだし" not in page(signed_in_as(mori))


def test_a_test_alarm_that_calls_nobody_says_so_at_once(mori):
    coordinator = signed_in_as(mori)
    sent(coordinator, "/moderation/alerts/test/", to="/moderation/alerts/")
    text = page(coordinator, "/moderation/alerts/")
    assert "だれにも届いていません" in text and "まっています" not in text
    assert "もう一度よぶ" in text


def test_a_test_alarm_says_to_whom_it_went_and_to_whom_it_didn_t(ren, mori, settings):
    settings.CAN_MAIL = True
    mori.email = "mori@example.org"
    mori.save()
    coordinator = signed_in_as(mori)
    sent(coordinator, "/moderation/alerts/test/", to="/moderation/alerts/")
    text = page(coordinator, "/moderation/alerts/")
    assert "送っています" in text and "もう一度よぶ" not in text and 'id="unheard"' not in text
    AlarmTest.objects.update(asked_at=clock.now() - timedelta(hours=1))
    Call.objects.update(at=clock.now() - timedelta(hours=1))
    text = page(coordinator, "/moderation/alerts/")
    assert "もう一度よぶ" in text and 'id="unheard"' not in text
    Call.objects.update(state="failed", trouble="refused", settled_at=clock.now())
    text = page(coordinator, "/moderation/alerts/")
    assert "もり · メール · 届きませんでした" in text
    assert 'id="unheard"' in text and "もう一度よぶ" in text
    assert "届きませんでした" not in page(signed_in_as(ren), "/moderation/alerts/")


def test_a_browser_is_added_and_taken_away_on_the_page(ren, mori):
    client, alerts = signed_in_as(ren), "/moderation/alerts/"
    told = Browser().told("https://push.example/send/abc")
    sent(client, "/moderation/alerts/push/", to=alerts, **told)
    row = ren.push_addresses.get()
    text = page(client, alerts)
    assert "に加えた端末" in text
    assert "push.example" not in text
    said_no(
        client, "/moderation/alerts/push/", "no_push_address", **(told | {"endpoint": "http://x"})
    )
    taken = f"/moderation/alerts/push/{row.pk}/remove/"
    assert signed_in_as(mori).post(taken).status_code == 404
    sent(client, taken, to=alerts)
    assert not ren.push_addresses.exists()


def test_where_calls_are_mailed_is_told_on_the_page_and_stands_in_no_log(ren, mori):
    client, mail = signed_in_as(ren), "/moderation/alerts/mail/"
    sent(client, mail, to="/moderation/alerts/", mail=" ren@example.org ")
    ren.refresh_from_db()
    assert ren.email == "ren@example.org"
    assert 'value="ren@example.org"' in page(client, "/moderation/alerts/")
    assert "ren@example.org" not in page(signed_in_as(mori), "/moderation/alerts/")
    assert "example.org" not in str(AuditEntry.objects.values())
    assert 'value="ren@"' in said_no(client, mail, "no_mail_address", mail="ren@")
    sent(client, mail, to="/moderation/alerts/", mail="")
    ren.refresh_from_db()
    assert ren.email == ""


def test_only_the_page_of_calls_may_start_the_worker(ren, client):
    mine = signed_in_as(ren)
    assert (
        "trusted-types push-worker;"
        in mine.get("/moderation/alerts/")["Content-Security-Policy"] + ";"
    )
    assert "trusted-types 'none'" in mine.get("/moderation/")["Content-Security-Policy"]
    answer = client.get("/moderation/alerts/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    for word in ("fetch", "caches", "import"):
        assert f"{word}(" not in answer.content.decode()


# --- the calendar --------------------------------------------------------------------------------


def address_in(text: str) -> str:
    found = re.search(r'id="calendar-address">https?://[^/]+(/[^<]+)<', text)
    assert found
    return found[1]


def test_a_calendar_reads_ones_shifts_without_signing_in(evening, ren, mori, client):
    room = make_room(name="ひきこもりの部屋")
    sent(
        signed_in_as(mori), "/moderation/rota/plan/", to=ROTA, room=[room.pk],
        **{**evening, "day": "2026-12-20"},
    )  # fmt: skip
    mine = signed_in_as(ren)
    made = mine.post("/moderation/calendar/")
    address = address_in(made.content.decode())
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    text = answer.content.decode()
    assert "DTSTART:20261220T130000Z\r\n" in text
    assert "SUMMARY:当番\r\n" in text
    assert not re.search("居場所|いばしょ|ibasho|ひきこもり|部屋", text, re.I)
    assert address not in page(mine, "/moderation/calendar/")
    sent(mine, "/moderation/calendar/revoke/", to="/moderation/calendar/")
    assert client.get(address).status_code == 404


def test_an_address_that_nobody_was_given_is_none(client, db):
    assert client.get(f"/moderation/calendar/{'a' * 43}.ics").status_code == 404
    assert client.get("/moderation/calendar/a.ics").status_code == 404


def test_a_shift_of_somebody_who_left_is_marked(evening, ren, mori):
    client = signed_in_as(mori)
    sent(client, f"{ROTA}plan/", to=ROTA, **evening)
    mark = "いまは支援者ではありません"
    assert mark not in page(client, f"{ROTA}?month=2098-12")
    ren.grants.update(ended_at="2026-11-01T00:00Z")
    assert mark in page(client, f"{ROTA}?month=2098-12")
