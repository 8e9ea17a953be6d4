"""A coordinator says how consultations are counted, and from which day on; the log has both."""

from datetime import timedelta
from functools import partial

import pytest

from audit.models import AuditEntry
from foundation.clock import jst_day, now
from programs.models import CountingRule
from tests.at_once import at_once
from tests.cast import signed_in_as
from tests.office.desk import fields, send, words

PAGE = "/manage/counting/"


@pytest.fixture
def april():
    return (jst_day(now()) + timedelta(days=40)).isoformat()


def test_the_rule_that_holds_stands_there_and_the_next_is_planned(desk, april):
    page = words(desk.get(PAGE))
    assert "はじめから: おなじ人・おなじ日・おなじ手段は1件" in page
    assert "予定" not in page.split("まだはじまっていない")[0]
    answer = send(desk, PAGE, counted_as="each", since=april)
    assert answer.status_code == 303
    page = words(desk.get(answer["Location"]))
    assert "かぞえ方を決めました" in page
    assert "確認したごとに1件 予定" in page
    row = CountingRule.objects.get()
    assert (row.number, row.counted_as, row.since.isoformat()) == (1, "each", april)


def test_the_log_holds_what_it_was_and_what_it_becomes(desk, mori, program, april):
    send(desk, PAGE, counted_as="each", since=april)
    entry = AuditEntry.objects.get(verb="decide_counting")
    assert (entry.actor, entry.program, entry.object_type) == (
        mori.pk, program.pk, "counting_rule",
    )  # fmt: skip
    assert entry.values == {"counted_as": ["once_a_day", "each"], "since": [None, april]}
    assert "相談のかぞえ方を決めた" in words(desk.get("/accounts/audit/"))


def test_two_who_decide_see_both(desk, other_desk, april):
    mine = fields(desk.get(PAGE).content.decode(), PAGE)
    sooner = (jst_day(now()) + timedelta(days=2)).isoformat()
    send(other_desk, PAGE, counted_as="each", since=sooner)
    answer = desk.post(PAGE, {**mine, "counted_as": "each", "since": april})
    page = words(answer)
    assert answer.status_code == 422
    assert "ほかの人が変えました" in page
    assert sooner in page and april in page
    assert CountingRule.objects.count() == 1
    # What comes back is what was chosen, and is kept when it is sent again.
    again = {**fields(answer.content.decode(), PAGE), "counted_as": "each", "since": april}
    assert desk.post(PAGE, again).status_code == 303
    assert CountingRule.objects.order_by("number").last().since.isoformat() == april


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"counted_as": "twice"}, "かぞえ方をえらんでください"),
        ({"counted_as": ""}, "かぞえ方をえらんでください"),
        ({"since": ""}, "日を 2027-04-01 のように"),
        ({"since": "2027-02-30"}, "日を 2027-04-01 のように"),
        ({"since": "あした"}, "日を 2027-04-01 のように"),
        ({"since": "2020-04-01"}, "あすより先の日に"),
        ({"since": "9999-12-31"}, "2年より先の日は"),
        ({"counted_as": "once_a_day"}, "もう、そのかぞえ方です"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_decided(desk, april, wrong, said):
    answer = send(desk, PAGE, **{"counted_as": "each", "since": april} | wrong)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not CountingRule.objects.exists()
    assert not AuditEntry.objects.filter(verb="decide_counting").exists()


def test_today_is_no_day_still_to_come(desk):
    answer = send(desk, PAGE, counted_as="each", since=jst_day(now()).isoformat())
    assert (answer.status_code, CountingRule.objects.exists()) == (422, False)


def test_who_does_not_coordinate_decides_nothing(ren, april):
    client = signed_in_as(ren)
    sent = {"counted_as": "each", "since": april, "version": "0"}
    assert client.post(PAGE, sent).status_code == 404
    assert not CountingRule.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_in_the_same_moment_one_does_and_the_other_is_told(desk, other_desk):
    days = {
        client: jst_day(now()) + timedelta(days=at) for at, client in ((5, desk), (9, other_desk))
    }
    forms = {
        client: fields(client.get(PAGE).content.decode(), PAGE)
        | {"counted_as": "each", "since": day.isoformat()}
        for client, day in days.items()
    }
    sent = [partial(client.post, PAGE, form) for client, form in forms.items()]
    answers = dict(zip(forms, at_once(*sent), strict=True))
    first, second = sorted(forms, key=lambda client: answers[client].status_code)
    assert [answers[one].status_code for one in (first, second)] == [303, 422]
    assert CountingRule.objects.get().since == days[first]
    assert "ほかの人が変えました" in words(answers[second])
    assert forms[second]["since"] in answers[second].content.decode()
    assert AuditEntry.objects.filter(verb="decide_counting").count() == 1
