"""What the next shift is told, what one keeps for oneself, and how long."""

from datetime import timedelta

import pytest

from duty.actions import notes
from duty.models import Debrief, Handover, Notice
from duty.queries import debriefs, handovers
from duty.states import NoticeKind
from tests.cast import grant, make_program, make_staff, staff_viewer
from tests.duty.team import begun
from tests.duty.test_shifts import refused

WORDS = "22時ごろから、しずかでした。\n23時に、つぎの人へ。"


@pytest.fixture
def handover(ren, program, now):
    return notes.write_handover(staff_viewer(ren), program=program.pk, text=WORDS, now=now)


def test_the_next_shift_reads_it_and_says_so_among_colleagues(handover, ren, sora, program, now):
    for _ in range(2):
        notes.read_handover(staff_viewer(sora), handover=handover.pk, now=now)
    notes.read_handover(staff_viewer(ren), handover=handover.pk, now=now)  # one's own needs none
    shown = handovers(staff_viewer(ren), program=program.pk, now=now)
    assert [(one.text, [r.staff for r in one.read_by]) for one in shown] == [(WORDS, [sora])]


def test_nobody_outside_the_team_reads_writes_or_marks_it(handover, kaede, program, now):
    elsewhere = make_staff("toshi")
    grant(elsewhere, "coordinator", make_program("kochi"))
    for who in (kaede, elsewhere):
        viewer = staff_viewer(who)
        deeds = [
            lambda viewer=viewer: handovers(viewer, program=program.pk, now=now),
            lambda viewer=viewer: notes.read_handover(viewer, handover=handover.pk, now=now),
            lambda viewer=viewer: notes.write_handover(
                viewer, program=program.pk, text=WORDS, now=now
            ),
        ]
        assert [refused(deed) for deed in deeds] == ["not_found"] * 3


@pytest.mark.parametrize(("text", "code"), [(" \n　", "empty"), ("あ" * 2001, "too_long")])
def test_a_note_has_words_and_an_end(text, code, ren, program, now):
    assert (
        refused(
            lambda: notes.write_handover(staff_viewer(ren), program=program.pk, text=text, now=now)
        )
        == code
    )


def test_a_debrief_is_ones_own_unless_one_shows_it(ren, mori, sora, program, now):
    mine = begun(ren, program)
    viewer = staff_viewer(ren)

    def write(*, show: bool):
        return notes.write_debrief(
            viewer, shift=mine.pk, text="おもい夜でした", to_supervisor=show, now=now
        )

    assert refused(lambda: write(show=True)) == "no_supervisor"
    mine.supervisor = mori
    mine.save()
    kept, shown = write(show=False), write(show=True)
    assert [one.pk for one in debriefs(staff_viewer(mori))] == [shown.pk]
    assert [one.pk for one in debriefs(viewer)] == [shown.pk, kept.pk]
    assert debriefs(staff_viewer(sora)) == []
    for who in (mori, sora):
        assert (
            refused(lambda who=who: notes.erase_debrief(staff_viewer(who), debrief=shown.pk))
            == "not_found"
        )
    notes.erase_debrief(viewer, debrief=shown.pk)
    assert debriefs(staff_viewer(mori)) == []


def test_a_notice_is_put_away_by_its_reader_alone(ren, sora, program, now):
    told = Notice.objects.create(to=ren, kind=NoticeKind.PLANNED, shift=begun(ren, program), at=now)
    notes.put_away(staff_viewer(sora), notice=told.pk, now=now)
    told.refresh_from_db()
    assert told.seen_at is None
    notes.put_away(staff_viewer(ren), notice=told.pk, now=now)
    told.refresh_from_db()
    assert told.seen_at == now


def test_what_is_past_its_time_goes(handover, ren, program, now):
    mine = begun(ren, program)
    Debrief.objects.create(shift=mine, author=ren, text="おもい夜でした", at=now)
    Notice.objects.create(to=ren, kind=NoticeKind.PLANNED, shift=mine, at=now)
    assert notes.purge(now=now + timedelta(days=30)) == 0
    notes.read_handover(staff_viewer(ren), handover=handover.pk, now=now)
    assert notes.purge(now=now + timedelta(days=31)) == 2
    assert not Handover.objects.exists()
    assert notes.purge(now=now + timedelta(days=91)) == 1
