"""A bad row of a list is mended over nobody's change that whoever mends it wasn't told of."""

from datetime import date, timedelta

import pytest

from programs import queries
from programs.actions import agencies
from programs.models import Agency
from tests.programs.test_import import HIMEJI, apply, mend, stage, towns

__all__ = ["towns"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def bad(program, now):
    """A list with a bad row of an agency that stands, laid five minutes later."""
    apply(program, stage(program, now, HIMEJI), now)
    return stage(program, now + timedelta(minutes=5), HIMEJI.replace("2026-04-01", "きのう"))


def by_hand(program, at, telephone="079-221-2222", **more):
    """Somebody changes the agency on its own page."""
    (old,) = queries.agencies(program.pk).agencies
    if telephone:
        values = {"municipality_id": "282014", "name": old.name, "telephone": telephone, **more}
        agencies.change(
            program=program.pk, agency=old.pk, version=old.version, values=values, now=at
        )
    else:
        agencies.take_away(program=program.pk, agency=old.pk, version=old.version, now=at)


GOOD = {2: {"verified_on": "2026-04-01", "telephone": "079-221-1111"}}


@pytest.mark.parametrize(
    ("telephone", "said"), [("079-221-2222", "電話 079-221-2222"), ("", "外しました")]
)
def test_a_bad_row_of_an_agency_changed_meanwhile_is_asked_about(
    program, now, bad, telephone, said
):
    """That change was never shown to whoever mends."""
    at = [now + timedelta(minutes=minute) for minute in range(20)]
    by_hand(program, at[6], telephone)
    row = mend(program, bad, at[7], GOOD)
    (asked,) = row.bad
    assert asked["line"] == 2 and said in asked["wrong"]["name"]
    assert asked["cells"]["telephone"] == "079-221-1111", "what was typed is kept"
    assert not Agency.objects.filter(brought_by=row).exists()
    row = mend(program, row, at[8], {2: {"verified_on": "また"}})
    row = mend(program, row, at[9], GOOD)
    assert row.bad == [], "asked once"
    assert apply(program, row, at[10]).asked == 0
    (one,) = queries.agencies(program.pk).agencies
    assert one.telephone == "079-221-1111"


def test_who_was_asked_is_asked_again_when_it_changes_once_more(program, now, bad):
    at = [now + timedelta(minutes=minute) for minute in range(20)]
    by_hand(program, at[6])
    row = mend(program, bad, at[7], GOOD)
    by_hand(program, at[8], "079-221-3333")
    row = mend(program, row, at[9], GOOD)
    assert "電話 079-221-3333" in row.bad[0]["wrong"]["name"]
    row = mend(program, row, at[10], GOOD)
    by_hand(program, at[11], "079-221-4444")
    assert apply(program, row, at[12]).asked == 1
    by_hand(program, at[13], "079-221-5555")
    row.refresh_from_db()
    row = mend(program, row, at[14], {})
    assert "電話 079-221-5555" in row.bad[0]["wrong"]["name"]
    assert mend(program, row, at[15], {}).bad == []


def test_a_bad_row_that_says_the_same_as_the_change_asks_nothing(program, now, bad):
    day = date(2026, 4, 1)
    by_hand(program, now + timedelta(minutes=6), "079-221-1111", verified_on=day)
    row = mend(program, bad, now + timedelta(minutes=7), GOOD)
    assert (row.bad, row.same) == ([], 1)
