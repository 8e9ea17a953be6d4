"""A name chosen for one room: what was said before keeps reading the same for everyone."""

import pytest

from accounts.models import Participant
from chat.actions import seats
from chat.models import Room
from foundation import clock
from tests.cast import seen_by
from tests.chat.deeds import said, welcome
from tests.reader import Reader

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_from_before_and_a_fresh_one_show_the_same_names(aoi: Participant, room: Room):
    said(aoi, room, "ことば")
    before = Reader().take_all([welcome(room)])
    seats.rename(seen_by(aoi), room=room, handle="あたらしい名", now=clock.now())
    assert before.listing() == Reader().take_all([welcome(room)]).listing()
