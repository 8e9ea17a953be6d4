"""A look at one person's page is a line in the log: once an hour for each who looks, or no page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from accounts.states import Role
from audit.actions import look
from audit.models import AuditEntry
from audit.queries import acted_since
from chat.models import Item
from counseling.actions import looking, talk, vault
from counseling.states import Detail
from foundation.refusals import Refused
from moderation.actions import looking as at_the_desk
from tests.cast import grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import rest, seat_of
from tests.counseling.voices import asks, taken
from tests.house.desk_lines import desk_things

NUMBER, SAID, NOTED = "080-7719-3355", "ふたりだけのことば", "counseling.look"


@pytest.fixture(autouse=True)
def _rested():
    rest()


@pytest.fixture
def at(now):
    """Twenty past: half an hour later is the same hour's end."""
    return now.replace(minute=20)


@pytest.fixture
def case(aoi, kaede, program, now):
    found = taken(asks(aoi, program, now=now), kaede, now=now)
    talk.answer(staff_viewer(kaede), code=found.code, text=SAID, nonce=uuid4(), now=now)
    vault.deposit(
        seen_by(aoi), code=found.code, kind=Detail.TELEPHONE, text=NUMBER, nonce=uuid4(), now=now
    )
    return found


def looks(**wanted) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(hour__isnull=False, **wanted).order_by("pk"))


def test_two_looks_in_an_hour_are_one_line_and_the_next_hour_is_another(case, kaede, at):
    for minutes in (0, 1, 30):
        looking.at_case(staff_viewer(kaede), code=case.code, now=at + timedelta(minutes=minutes))
    (line,) = looks()
    assert (line.actor, line.role, line.verb) == (kaede.pk, "counselor", NOTED)
    assert (line.object_type, line.object_id) == ("case", str(case.pk))
    assert (line.program, line.at) == (case.program_id, at)
    looking.at_case(staff_viewer(kaede), code=case.code, now=at + timedelta(hours=1))
    assert len(looks()) == 2


def test_another_member_s_look_is_another_line(case, kaede, at):
    other = make_staff("fumi", display_name="ふみ")
    grant(other, Role.COUNSELOR)
    talk.ask_in(staff_viewer(kaede), code=case.code, colleague=other.pk, now=at)
    for who in (kaede, other):
        looking.at_talk(staff_viewer(who), code=case.code, now=at)
    assert [one.actor for one in looks(verb=NOTED)] == [kaede.pk, other.pk]


def test_whoever_may_not_look_leaves_no_line(case, at):
    stranger = make_staff("yoso", display_name="よそ")
    grant(stranger, Role.COUNSELOR)
    for attempt in (looking.at_case, looking.at_talk, looking.at_onward):
        with pytest.raises(Refused, match="not_found"):
            attempt(staff_viewer(stranger), code=case.code, now=at)
    assert looks() == []


def test_neither_words_nor_contact_details_are_in_the_log(case, kaede):
    client = signed_in_as(kaede)
    home = f"/counseling/desk/{case.code}/"
    assert SAID in client.get(home).content.decode()
    assert SAID in client.get(f"{home}talk/").content.decode()
    opened = client.post(f"{home}details/", {"reason": "電話の約束"}).content.decode()
    assert NUMBER in opened
    assert client.get(f"{home}onward/").status_code == 200
    lines = repr(list(AuditEntry.objects.values()))
    assert NOTED in lines
    assert SAID not in lines and NUMBER not in lines and "7719" not in lines
    assert "あおい" not in lines and case.code not in lines


def test_the_desk_s_looks_at_an_item_a_person_and_an_objection(aoi, room, ren, mori, at):
    named = desk_things(room, aoi, ren, at)
    seat = seat_of(aoi, room).pk
    for _ in range(2):
        at_the_desk.at_item(staff_viewer(ren), item=named["item"], now=at)
        at_the_desk.at_person(staff_viewer(ren), seat=seat, now=at)
        at_the_desk.at_appeal(staff_viewer(mori), appeal=named["appeal"], now=at)
        at_the_desk.at_item(staff_viewer(mori), item=named["above"], above=True, now=at)
    assert [(one.actor, one.role, one.object_type, one.object_id) for one in looks()] == [
        (ren.pk, "supporter", "item", str(named["item"])),
        (ren.pk, "supporter", "person", str(seat)),
        (mori.pk, "coordinator", "appeal", str(named["appeal"])),
        (mori.pk, "coordinator", "item", str(named["above"])),
    ]
    assert {one.verb for one in looks()} == {"moderation.look"}
    with pytest.raises(Refused, match="not_found"):
        at_the_desk.at_item(staff_viewer(ren), item=named["above"], now=at)
    assert Item.objects.filter(pk=named["above"]).exists()


def test_whoever_only_looks_counts_as_away(case, kaede, at):
    later = at + timedelta(days=3)
    looking.at_case(staff_viewer(kaede), code=case.code, now=later)
    assert not acted_since(kaede.pk, since=later - timedelta(days=1))


@pytest.mark.parametrize("ahead", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}])
def test_a_glance_ahead_of_the_browser_gets_nothing_to_read(case, kaede, ahead):
    client, home = signed_in_as(kaede), f"/counseling/desk/{case.code}/"
    for answer in (client.get(home, headers=ahead), client.head(home)):
        assert (answer.status_code, answer.content) == (204, b"")
    assert looks() == []


# --- with transactions of their own --------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_looks_at_once_are_one_line(now):
    def once(_: int) -> None:
        try:
            look(7, role="counselor", verb=NOTED, object_type="case", object_id=5, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(once, range(8)))
    assert len(looks()) == 1


@pytest.fixture
def only_to_read(transactional_db):
    """Storage that answers and takes nothing new."""
    how = {
        "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        "postgresql": (
            "SET default_transaction_read_only = on", "SET default_transaction_read_only = off",
        ),
    }[connection.vendor]  # fmt: skip

    def ask(number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(how[number])

    yield lambda: ask(0)
    ask(1)


def test_a_look_that_can_not_be_noted_shows_nothing(only_to_read, case, kaede):
    client, home = signed_in_as(kaede), f"/counseling/desk/{case.code}/"
    client.raise_request_exception = False
    only_to_read()
    answer = client.get(home)
    assert answer.status_code == 500
    assert SAID not in answer.content.decode()
    assert looks() == []


def test_what_was_noted_in_this_hour_stays_open_meanwhile(only_to_read, case, kaede, at):
    looking.at_case(staff_viewer(kaede), code=case.code, now=at)
    only_to_read()
    later = at + timedelta(minutes=30)
    found = looking.at_case(staff_viewer(kaede), code=case.code, now=later)
    assert [one.text for one in found.talk] == [SAID]
    with pytest.raises(DatabaseError):
        looking.at_case(staff_viewer(kaede), code=case.code, now=at + timedelta(hours=1))


def test_a_colleague_s_page_is_a_look_and_one_s_own_is_none(mori, ren):
    client = signed_in_as(mori)
    for who in (ren, ren, mori):
        assert client.get(f"/manage/people/{who.pk}/").status_code == 200
    (line,) = looks()
    assert (line.actor, line.role, line.verb) == (mori.pk, "coordinator", "office.look")
    assert (line.object_type, line.object_id) == ("staff", str(ren.pk))
