"""A role that ends in the middle of a session: by a hand or by the clock, it opens nothing more."""

import pytest

from accounts.models import Staff
from tests.house.endings import ENDS
from tests.house.everyone import ELSEWHERE, OTHER_ROOM, ROLES, UNASSIGNED
from tests.house.test_addresses import GRID, OF_STAFF, callers, things, whole_house

__all__ = ["callers", "things", "whole_house"]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("who", [*ROLES, *ELSEWHERE, UNASSIGNED, OTHER_ROOM])
def test_every_page_that_it_opened_is_closed_at_the_next_request(who, end, callers, things):
    client = callers[who]
    opened = [name for name in OF_STAFF if GRID[name][1][who] not in (303, 404)]
    assert client.get("/accounts/").status_code == 200
    person = Staff.objects.get(pk=client.session["_auth_user_id"])
    for one in person.grants.filter(ended_at=None):
        ENDS[end](one)
    found = {name: client.get(GRID[name][0].format(**things)).status_code for name in opened}
    assert opened
    assert {name: code for name, code in found.items() if code != 404} == {}
