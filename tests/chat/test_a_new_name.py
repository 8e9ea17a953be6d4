"""A name chosen for one room: what was said before keeps reading the same for everyone."""

import pytest

from accounts.models import Letter, Participant
from chat.actions import seats
from chat.models import Finding, Item, Room, Seat
from chat.sentences import sentence
from chat.states import ItemKind
from foundation import clock
from foundation.refusals import Refused
from tests.cast import make_participant, seen_by
from tests.chat.deeds import said, seat_of, welcome
from tests.reader import Reader

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_from_before_and_a_fresh_one_show_the_same_names(aoi: Participant, room: Room):
    said(aoi, room, "ことば")
    before = Reader().take_all([welcome(room)])
    seats.rename(seen_by(aoi), room=room, handle="あたらしい名", now=clock.now())
    assert before.listing() == Reader().take_all([welcome(room)]).listing()


@pytest.mark.parametrize("name", ["死ね", "引きこもりは死ね", "ブスきえろ"])
def test_a_name_that_hurts_is_borne_in_no_room(aoi: Participant, room: Room, name: str):
    seat_of(aoi, room)
    with pytest.raises(Refused) as no:
        seats.rename(seen_by(aoi), room=room, handle=name, now=clock.now())
    assert "べつの名前" in sentence(no.value.code)
    assert Seat.objects.get().handle == aoi.handle
    # Nor by coming with it from the door: another is offered there, as where it is a telephone.
    assert seat_of(make_participant(name), room).handle not in ("", name)
    assert not Item.objects.exists() and not Letter.objects.exists()


def test_a_name_that_calls_for_someone_is_borne_and_heard(aoi: Participant, room: Room):
    come = make_participant("死にたい")
    assert seat_of(come, room).handle == "死にたい"
    seat_of(aoi, room)
    for _ in range(2):
        seats.rename(seen_by(aoi), room=room, handle="もう消えたい", now=clock.now())
    assert Seat.objects.get(participant=aoi).handle == "もう消えたい"
    for person in (come, aoi):
        card = Letter.objects.get(participant=person, kind="care")
        assert "いますぐ人と話せるところ" in card.text
        assert Item.objects.filter(kind=ItemKind.CRISIS.value, seat__participant=person).count()
    assert {one.words for one in Finding.objects.all()} == {"死にたい", "もう消えたい"}
