"""Whether one supporter alone may open a room: seen, decided with a reason, and in the log."""

import pytest

from audit.models import AuditEntry
from programs.models import Program
from tests.at_once import at_once
from tests.cast import attend, make_program, make_room, signed_in_as
from tests.chat.test_gate import answered
from tests.office.desk import fields, send, words

PAGE = "/manage/alone/"
ASKED = "支援者がひとりのときも、部屋をひとつひらきます"


def allowed(program: Program) -> bool:
    return Program.objects.get(pk=program.pk).may_open_alone


def test_it_is_seen_and_decided_with_a_reason_that_stands_in_the_log(desk, mori, program):
    assert ASKED in words(desk.get(PAGE))
    without = {**fields(desk.get(PAGE).content.decode(), PAGE)}
    del without["may_open_alone"]
    answer = desk.post(PAGE, without)
    assert answer.status_code == 422 and "わけを、ひとこと" in words(answer)
    assert allowed(program)
    done = desk.post(PAGE, {**without, "reason": "ふたりで見守る"})
    assert done.status_code == 303
    page = words(desk.get(done["Location"]))
    assert "決めました" in page and ASKED not in page
    assert not allowed(program)
    entry = AuditEntry.objects.get(object_type="program")
    assert (entry.actor, entry.verb, entry.program) == (mori.pk, "change", program.pk)
    assert entry.values == {"may_open_alone": [True, False]}
    assert entry.reason == "ふたりで見守る"


def test_two_who_decide_at_once_are_told(desk, other_desk, program):
    before = fields(other_desk.get(PAGE).content.decode(), PAGE)
    changed = {**before, "reason": "ためし"}
    del changed["may_open_alone"]
    assert desk.post(PAGE, changed).status_code == 303
    answer = other_desk.post(PAGE, {**before, "reason": "そのまま"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "ほかの人が変えました" in page
    assert "そのまま" in page and not allowed(program)
    assert other_desk.post(PAGE, fields(page, PAGE)).status_code == 303
    assert allowed(program)
    assert AuditEntry.objects.filter(object_type="program").count() == 2


@pytest.mark.parametrize("typed", [{}, {"reason": "そのまま"}, {"reason": "x", "stood": "maybe"}])
def test_what_changes_nothing_leaves_no_line(desk, program, typed):
    answer = send(desk, PAGE, **typed)
    assert answer.status_code == 422
    assert allowed(program) and not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_in_one_moment_one_is_kept(mori, program):
    first, second = signed_in_as(mori), signed_in_as(mori)
    sent = {"program": program.slug, "stood": "yes", "reason": "ためし"}
    told = at_once(lambda: first.post(PAGE, sent), lambda: second.post(PAGE, sent))
    assert sorted(one.status_code for one in told) == [303, 422]
    assert AuditEntry.objects.filter(object_type="program").count() == 1


def test_another_program_stays_as_it_is(desk, program):
    kochi = make_program("kochi")
    answer = desk.post(PAGE, {"program": "kochi", "stood": "yes", "reason": "ためし"})
    assert answer.status_code == 404 and allowed(kochi)


@pytest.mark.parametrize(("decides", "said"), [(False, "ack"), (True, "quiet")])
def test_what_is_decided_holds_in_the_room(desk, aoi, ren, now, decides, said):
    page = fields(desk.get(PAGE).content.decode(), PAGE)
    del page["may_open_alone"]
    if decides:
        assert desk.post(PAGE, {**page, "reason": "ふたりで見守る"}).status_code == 303
    room = make_room()
    attend(room, ren, now=now)
    assert answered(aoi, room, now=now) == said
