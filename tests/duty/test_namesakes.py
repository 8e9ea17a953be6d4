"""Two colleagues of one name can be told apart wherever one of them is chosen."""

from datetime import date, timedelta

import pytest

from accounts.states import Role
from counseling.queries import counselors_of
from duty.colleagues import keepers, supervisors
from moderation.queries import colleagues_for
from tests.cast import grant, make_staff, signed_in_as
from tests.duty.team import begun, shift_of, supporter


@pytest.fixture
def namesake(program):
    """Another そら, as an older list may have."""
    return supporter("sora2", called="そら", trained_on=date(2025, 1, 10))


def test_namesakes_are_named_with_their_sign_in_name_and_nobody_else_is(
    ren, sora, namesake, program, now
):
    named = {one.staff: one.name for one in keepers(program.pk, now=now)}
    assert named == {ren.pk: "れん", sora.pk: "そら(sora)", namesake.pk: "そら(sora2)"}
    asked = colleagues_for(shift_of(ren, program), now=now)
    assert sorted(name for _, name in asked) == ["そら(sora)", "そら(sora2)"]
    for one in (sora, namesake):
        begun(one, program, now=now)
    there = supervisors(program.pk, besides=ren.pk, now=now)
    assert sorted(one.name for one in there) == ["そら(sora)", "そら(sora2)"]
    namesake.grants.update(ended_at=now)
    assert [one.name for one in keepers(program.pk, now=now)] == ["そら", "れん"]


def test_one_person_with_two_roles_is_no_namesake_of_themselves(ren, sora, program, now):
    grant(sora, Role.COORDINATOR)
    begun(sora, program, now=now)
    later = now + timedelta(minutes=1)
    assert [one.name for one in supervisors(program.pk, besides=ren.pk, now=later)] == ["そら"]


def test_counselors_of_one_name_too(kaede, program, now):
    first, second = (make_staff(name, display_name="かえで") for name in ("kaede2", "kaede3"))
    for one in (first, second):
        grant(one, Role.COUNSELOR)
    named = counselors_of(program.pk, now=now)
    assert named[first.pk] == "かえで(kaede2)" and named[second.pk] == "かえで(kaede3)"


def test_the_coordinator_chooses_between_them_on_the_rota(sora, namesake, mori):
    seen = signed_in_as(mori).get("/moderation/rota/").content.decode()
    for one in (sora, namesake):
        assert f'<option value="{one.pk}">そら({one.username})</option>' in seen
