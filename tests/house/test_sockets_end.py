"""A role that ends takes its open sockets along: in a room, in a talk of two, at the desk."""

import pytest

from accounts.states import Role
from chat import protocol as p
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.arrivals import LetIn
from chat.models import Room
from chat.whereabouts import recheck
from counseling.actions.moves import make_case
from foundation import clock
from moderation.consumers import stands_at
from tests.cast import grant, make_staff, signed_in_as
from tests.chat.deeds import post, rest
from tests.counseling.voices import taken
from tests.house.endings import ENDS
from tests.house.test_socket_frames import knock


@pytest.fixture
def talk_slug(aoi, kaede, program, now) -> str:
    """aoi's talk with kaede."""
    case = make_case(program=program, participant=aoi, relation="self", opened_at=now)
    taken(case, kaede, now=now)
    case.refresh_from_db()
    return case.room.slug


def left(here: LetIn) -> p.Close | None:
    """What a look at who sits there says to their socket."""
    pair = (here.room, here.viewer.session)
    return recheck(here.person, [pair], 0).codes[pair]


def says(here: LetIn, text: str) -> p.Close | None:
    rest()
    act = Act(here.room, here.seat, post(text), here.viewer.session)
    (answer,) = carry_out([act], now=clock.now())
    return answer.close


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", ["ren", "mori", "kaede"])
def test_every_socket_that_it_opened_ends_and_says_nothing_more(
    name, end, room: Room, talk_slug, ren, mori, kaede
):
    person = {"ren": ren, "mori": mori, "kaede": kaede}[name]
    client = signed_in_as(person)
    here = knock(client, talk_slug if name == "kaede" else room.slug)
    assert isinstance(here, LetIn)
    key = client.cookies["seat"].value
    desk = name != "kaede"
    assert (left(here), says(here, "まえ")) == (None, None)
    assert (stands_at(key, "hyogo") is not None) is desk
    ENDS[end](person.grants.get())
    over = p.Close.NO_SUCH_ROOM if name == "kaede" else p.Close.NOT_ALLOWED
    assert left(here) is over
    assert stands_at(key, "hyogo") is None
    if end == "by a hand":  # how a word meets the clock is tried with the supporters in rooms
        assert says(here, "あと") is p.Close.NOT_ALLOWED
    assert not Room.objects.get(pk=here.room).messages.filter(text="あと").exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.AUDITOR, Role.ADMIN])
def test_other_roles_open_no_socket_that_could_outlive_them(role, room, talk_slug):
    other = make_staff("hoka")
    grant(other, role)
    client = signed_in_as(other)
    assert not isinstance(knock(client), LetIn)
    assert not isinstance(knock(client, talk_slug), LetIn)
    assert stands_at(client.cookies["seat"].value, "hyogo") is None
