"""Coordinators search the log of their program, admins all of it."""

import re
from pathlib import Path

import allauth
import pytest

from accounts import log_words
from accounts.actions import people
from accounts.states import Role
from audit.actions import record
from chat.states import Hand
from duty.states import ShiftState
from moderation.states import ActKind, AppealState, ProposalState
from office.actions import rooms
from programs.models import Program
from tests.cast import grant, make_program, make_room, make_staff, signed_in_as, staff_viewer
from tests.house.tree import ROOT

LOG = "/accounts/audit/"


@pytest.fixture
def noted(mori, program, now):
    kochi = make_program("kochi")
    for of, reason in (
        (program.pk, "こちらの理由"),
        (kochi.pk, "むこうの理由"),
        (None, "家の理由"),
    ):
        record(
            mori.pk, role="coordinator", verb="given", object_type="grant", object_id=5,
            program=of, reason=reason, now=now,
        )  # fmt: skip


def test_a_coordinator_reads_of_their_program_alone(noted, mori):
    page = signed_in_as(mori).get(LOG).content.decode()
    assert "こちらの理由" in page
    assert "mori" in page
    assert "むこうの理由" not in page
    assert "家の理由" not in page


def test_an_admin_reads_everything_and_finds_by_any_field(noted, mori, program, now):
    boss = make_staff("boss")
    grant(boss, Role.ADMIN)
    client = signed_in_as(boss)
    page = client.get(LOG).content.decode()
    assert all(reason in page for reason in ("こちらの理由", "むこうの理由", "家の理由"))
    day = now.astimezone().date()
    for query, found in (
        ({"actor": mori.pk}, True),
        ({"actor": mori.pk + 900}, False),
        ({"verb": "given", "object_type": "grant", "object_id": "5"}, True),
        ({"object_id": "6"}, False),
        ({"role": "coordinator"}, True),
        ({"role": "auditor"}, False),
        ({"reason": "の理由"}, True),
        ({"reason": "どこにもない理由"}, False),
        ({"reason": "%"}, False),
        ({"program": program.pk, "reason": "理由", "role": "coordinator"}, True),
        ({"program": Program.objects.get(slug="kochi").pk}, None),
        ({"until": "2020-01-01"}, False),
        ({"since": "2020-01-01", "until": day.replace(year=day.year + 1).isoformat()}, True),
    ):
        page = client.get(LOG, query).content.decode()
        assert ("こちらの理由" in page) is bool(found)
        assert ("むこうの理由" in page) is (found is None or (found and "program" not in query))
        assert ("見つかりませんでした" in page) is (found is False)


def test_a_coordinator_of_two_programs_looks_in_one_and_pages_stay_in_it(noted, mori, now):
    there = Program.objects.get(slug="kochi")
    grant(mori, Role.COORDINATOR, there)
    for number in range(60):
        record(
            mori.pk, role="coordinator", verb="given", object_type="grant", object_id=number,
            program=there.pk, reason="工事のため", now=now,
        )  # fmt: skip
    client, query = (
        signed_in_as(mori),
        {"program": there.pk, "role": "coordinator", "reason": "工事"},
    )
    page = client.get(LOG, query).content.decode()
    assert page.count("<td>工事のため</td>") == 50
    assert f'<option value="{there.pk}" selected>' in page and 'value="工事"' in page
    older = re.search(r'href="\?([^"]+)">もっと前', page)[1].replace("&amp;", "&")
    page = client.get(f"{LOG}?{older}").content.decode()
    assert page.count("<td>工事のため</td>") == 10 and "の理由</td>" not in page


def test_a_program_of_others_is_none_to_look_in(noted, mori, program):
    client, others = signed_in_as(mori), Program.objects.get(slug="kochi").pk
    assert 'name="program"' not in client.get(LOG).content.decode(), "nothing to choose"
    assert "こちらの理由" in client.get(LOG, {"program": program.pk}).content.decode()
    answers = [client.get(LOG, {"program": one}) for one in (others, 999999)]
    assert [one.status_code for one in answers] == [422, 422]
    assert answers[0].content == answers[1].content


def test_it_is_read_fifty_at_a_time_to_the_oldest(
    mori, program, now, django_assert_max_num_queries
):
    for number in range(120):
        record(
            mori.pk, role="coordinator", verb="given", object_type="grant", object_id=number,
            program=program.pk, now=now,
        )  # fmt: skip
    client, seen, query = signed_in_as(mori), [], ""
    while True:
        with django_assert_max_num_queries(9):  # three of them note that mori is at work
            page = client.get(f"{LOG}?{query}")
        seen += [int(one) for one in re.findall(r"<td>役割 (\d+)</td>", page.content.decode())]
        older = re.search(r'href="\?([^"]+)">もっと前', page.content.decode())
        if not older:
            break
        query = older[1].replace("&amp;", "&")
    assert seen == list(range(119, -1, -1))


@pytest.mark.parametrize(
    "query",
    [
        {"actor": "x"}, {"since": "きのう"}, {"before": "-1"}, {"role": "boss"},
        {"program": "x"}, {"program": "999999"}, {"reason": "あ" * 101}, {"reason": "\0"},
    ],
)  # fmt: skip
def test_what_can_not_be_searched_for_is_said_and_kept(noted, mori, query):
    answer = signed_in_as(mori).get(LOG, query)
    assert answer.status_code == 422
    assert "もう一度" in answer.content.decode()


def test_a_setting_says_what_it_was_and_what_it_is(mori, program, now):
    room = make_room()
    rooms.switch_room(
        staff_viewer(mori), program=program.pk, room=room.pk, hand=Hand.QUIET, reason="工事",
        now=now,
    )  # fmt: skip
    page = signed_in_as(mori).get(LOG).content.decode()
    assert f"hand: <del>{room.hand}</del> → <ins>quiet</ins>" in page
    assert "部屋を切りかえた" in page and f"<td>部屋 {room.pk}</td>" in page


def test_a_role_that_ended_says_whose_and_which(mori, kaede, now):
    held = kaede.grants.get()
    people.end(staff_viewer(mori), grant=held.pk, reason="卒業", now=now)
    page = signed_in_as(mori).get(LOG, {"verb": "ended", "object_type": "grant"}).content.decode()
    assert f"役割 {held.pk} <small>kaede ({kaede.pk})</small>" in page
    assert "役割: 相談員" in page and "役割をおわらせた" in page and "<td>統括</td>" in page


def _told_by_allauth() -> set[str]:
    """What the installed allauth would send a mail about, and the adapter notes instead."""
    found = set()
    for app in ("account", "mfa"):
        for path in (Path(allauth.__file__).parent / app).rglob("*.py"):
            told = re.findall(
                r'send_notification_mail\(\s*"\w+/email/(\w+)"', path.read_text(encoding="utf-8")
            )
            found |= set(told)
    assert len(found) > 8
    return found


def test_every_verb_and_object_of_the_house_has_a_name():
    """From the calls that note: a new one without a name fails here."""
    noted, things = set(), set()
    for app in ("accounts", "office", "reports", "duty", "moderation", "counseling"):
        prefix = f"{app}." if app in ("duty", "moderation", "counseling") else ""
        for path in (ROOT / app / "actions").rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            # In counseling `what` is another word: what crossed to an agency.
            called = "object_type" if prefix else "(?:object_type|what)"
            things |= set(re.findall(rf'{called}="([a-z_]+)"', text))
            noted |= set(re.findall(r'verb="([a-z_.]+)"', text))
            for kind, verb in re.findall(r'note(\w*)\([^")=]*?"([a-z_]+)"', text):
                noted.add(f"{prefix}{kind.strip('_') + '_' if kind else ''}{verb}")
    noted = {one.replace("duty.test_", "duty.alarm_test_") for one in noted}
    noted |= {f"duty.{one}" for one in ShiftState} | {f"moderation.{one}" for one in ActKind}
    noted |= {f"moderation.appeal_{one}" for one in AppealState if one != AppealState.OPEN}
    noted |= _told_by_allauth()
    decided = set(ProposalState) - {ProposalState.ASKED}
    noted |= {f"moderation.proposal_{one}" for one in decided}
    assert len(noted) > 100
    assert noted - set(log_words.VERBS) == set()
    assert things - set(log_words.OBJECTS) == set()


@pytest.mark.parametrize(
    "asked", [{"until": "9999-12-31"}, {"since": "0001-01-01"}, {"since": "2150-01-01"}]
)
def test_a_day_at_the_calendars_edge_is_answered_and_what_was_typed_stays(asked, noted, mori):
    answer = signed_in_as(mori).get(LOG, {**asked, "reason": "こちら"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "日を入れてください" in page
    assert 'value="こちら"' in page
    assert f'value="{next(iter(asked.values()))}"' in page


def test_an_open_day_within_reach_finds(noted, mori):
    asked = {"since": "1900-01-01", "until": "2099-12-31"}
    assert "こちらの理由" in signed_in_as(mori).get(LOG, asked).content.decode()
