"""The desk without script: begin, attend, say so again, hand over, rest, end."""

from datetime import timedelta

import pytest
from django.utils.html import escape

from accounts.models import RoleRoom
from chat.actions import items
from chat.models import Item
from chat.states import ItemKind
from duty.actions.attending import attend
from duty.actions.notes import write_handover
from duty.actions.plan import cancel_shift
from duty.models import (
    AlertChoice,
    AlertHour,
    Debrief,
    Handover,
    Notice,
    PushAddress,
    Relief,
    Shift,
)
from duty.rota import hour_of_week
from duty.states import ShiftState
from foundation import clock
from moderation.sentences import sentence
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer
from tests.duty.team import begun


def page(client, address="/moderation/", *, status=200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def sent(client, address, *, to="/moderation/", **fields):
    answer = client.post(address, fields)
    assert answer.status_code == 303, answer.content.decode()
    assert answer["Location"].partition("?")[0] == to
    return answer


def said_no(client, address, code, **fields) -> str:
    answer = client.post(address, fields)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert escape(sentence(code)) in text
    return text


@pytest.fixture
def at(db):
    """The real clock: the doors read it themselves."""
    return clock.now()


@pytest.fixture
def soon(ren, program, at):
    """ren's shift, planned from ten minutes from now."""
    return Shift.objects.create(
        supporter=ren, program=program, starts_at=at + timedelta(minutes=10),
        ends_at=at + timedelta(hours=3), changed_at=at,
    )  # fmt: skip


@pytest.fixture
def keeping(ren, program, at):
    """ren's shift, begun."""
    return begun(ren, program, now=at)


def test_a_shift_begins_on_the_page_that_says_what_is_expected(soon, ren, mori, at):
    AlertHour.objects.create(staff=mori, hour=hour_of_week(at))
    AlertChoice.objects.create(staff=mori, channels=["push"])
    PushAddress.objects.create(staff=mori, key="0" * 64, sealed="", made_at=at)
    client = signed_in_as(ren)
    begin = f"/moderation/shifts/{soon.pk}/begin/"
    assert begin in page(client)
    told = page(client, begin)
    assert "もりさん" in told
    assert "あなたは責任を負いません" in told
    said_no(client, begin, "no_such_supervisor")
    sent(client, begin, supervisor=mori.pk)
    soon.refresh_from_db()
    assert (soon.state, soon.supervisor) == (ShiftState.BEGUN, mori)
    assert "当番をしています" in page(client)


def test_who_attends_which_room_is_seen_by_the_team(keeping, ren, sora, rooms):
    client = signed_in_as(ren)
    sent(client, f"/moderation/shifts/{keeping.pk}/attend/", room=rooms[0].pk)
    seen = page(signed_in_as(sora))
    assert "<strong>れん</strong>" in seen
    said_no(client, f"/moderation/shifts/{keeping.pk}/attend/", "alone", room=rooms[1].pk)
    sent(client, f"/moderation/shifts/{keeping.pk}/leave/", room=rooms[0].pk)
    assert not keeping.attendances.exists()


def test_a_room_of_another_program_is_not_there(keeping, ren, rooms):
    rooms[1].program = make_program("kochi")
    rooms[1].save()
    client = signed_in_as(ren)
    for room in (rooms[1].pk, 999, "x", ""):
        answer = client.post(f"/moderation/shifts/{keeping.pk}/attend/", {"room": room})
        assert answer.status_code == 404


def test_imasuka_stands_there_hidden_until_it_is_due(keeping, ren, rooms, at):
    attend(staff_viewer(ren), shift=keeping.pk, room=rooms[0].pk, now=at - timedelta(minutes=3))
    waiting = page(signed_in_as(ren))
    assert '<p class="ask" hidden role="status">いますか</p>' in waiting
    keeping.attendances.update(acted_at=at - timedelta(minutes=8))
    assert '<p class="ask" role="status">いますか</p>' in page(signed_in_as(ren))


def test_kawatte_is_one_tap_and_a_colleague_takes_the_room(keeping, ren, sora, rooms, program, at):
    attend(staff_viewer(ren), shift=keeping.pk, room=rooms[0].pk, now=at)
    begun(sora, program, now=at)
    mine, hers = signed_in_as(ren), signed_in_as(sora)
    sent(mine, f"/moderation/shifts/{keeping.pk}/relief/")
    assert "「かわって」をつたえました" in page(mine)
    assert "そらさんの机に出ています" in page(mine)
    asked = Relief.objects.get()
    take = f"/moderation/reliefs/{asked.pk}/take/"
    assert take in page(hers)
    sent(hers, take)
    said_no(hers, take, "taken_already")
    told = page(mine)
    assert "そらさんがかわってくれました" in told
    assert "休憩しています" in told
    sent(mine, f"/moderation/shifts/{keeping.pk}/back/")
    assert "当番をしています" in page(mine)


def test_who_doesn_t_keep_that_room_has_no_button_to_take_it(
    keeping, ren, sora, rooms, program, at
):
    attend(staff_viewer(ren), shift=keeping.pk, room=rooms[0].pk, now=at)
    sent(signed_in_as(ren), f"/moderation/shifts/{keeping.pk}/relief/")
    begun(sora, program, now=at)
    take = f"/moderation/reliefs/{Relief.objects.get().pk}/take/"
    assert take in page(signed_in_as(sora))
    RoleRoom.objects.create(grant=sora.grants.get(), room=rooms[1].pk)
    text = page(signed_in_as(sora))
    assert take not in text
    assert "受けもちの部屋ではない" in text
    said_no(signed_in_as(sora), take, "not_your_room")


def test_without_anyone_to_call_the_page_says_what_happens(keeping, ren):
    client = signed_in_as(ren)
    sent(client, f"/moderation/shifts/{keeping.pk}/relief/")
    assert "いま、よびだせる人がいません" in page(client)
    sent(client, f"/moderation/reliefs/{Relief.objects.get().pk}/withdraw/")
    assert "「かわって」をつたえました" not in page(client)


def test_the_page_names_who_is_called_next(keeping, ren, mori, at, settings):
    settings.CAN_MAIL = True
    mori.email = "mori@example.org"
    mori.save()
    client = signed_in_as(ren)
    sent(client, f"/moderation/shifts/{keeping.pk}/relief/")
    assert "もりさん" in page(client)


def test_after_two_hours_the_desk_reminds_to_rest(keeping, ren, at):
    client = signed_in_as(ren)
    assert "rest-reminder" not in page(client)
    keeping.stretch_at = at - timedelta(hours=2)
    keeping.save()
    assert "つづけて 120 分をすぎました" in page(client)
    sent(client, f"/moderation/shifts/{keeping.pk}/rest/")
    assert "rest-reminder" not in page(client)


def test_ending_leads_to_the_page_where_a_note_may_be_left(keeping, ren, mori):
    keeping.supervisor = mori
    keeping.save()
    client, shift = signed_in_as(ren), f"/moderation/shifts/{keeping.pk}/"
    sent(client, f"{shift}end/", to=shift)
    assert "おつかれさまでした" in page(client, shift)
    too_long = "あ" * 2001
    assert too_long in said_no(client, f"{shift}debrief/", "too_long", text=too_long)
    sent(client, f"{shift}debrief/", to="/moderation/debriefs/", text="おもかった", show="on")
    assert "もりさんにも見えます" in page(client, "/moderation/debriefs/")
    assert "おもかった" in page(signed_in_as(mori), "/moderation/debriefs/")
    sent(
        client, f"/moderation/debriefs/{Debrief.objects.get().pk}/erase/",
        to="/moderation/debriefs/",
    )  # fmt: skip
    assert not Debrief.objects.exists()


def test_a_hard_shift_offers_a_note(keeping, ren):
    client = signed_in_as(ren)
    assert "おもい場面が" not in page(client)
    Shift.objects.update(exposure=3)
    assert "おもい場面が" in page(client)


def test_words_of_crisis_that_one_takes_on_are_counted_on_one_s_own_shift(
    keeping, ren, sora, program, rooms, at
):
    other = begun(sora, program, now=at)
    kinds = [ItemKind.CRISIS] * 3 + [ItemKind.FLAG]
    items.raise_all(
        [items.Raised(kind, f"seat:{n}", room=rooms[0].pk) for n, kind in enumerate(kinds)],
        now=at,
    )
    client = signed_in_as(ren)
    for item in Item.objects.order_by("-kind", "pk"):
        assert "おもい場面が" not in page(client)
        # Taken twice, it was carried once.
        for _ in range(2):
            client.post(f"/moderation/items/{item.pk}/claim/")
    assert "おもい場面が" in page(client)
    keeping.refresh_from_db()
    other.refresh_from_db()
    assert (keeping.exposure, other.exposure) == (3, 0)


def test_handover_notes_are_read_and_marked(ren, sora, program):
    mine, hers = signed_in_as(ren), signed_in_as(sora)
    long = "あ" * 2001
    assert long in said_no(mine, "/moderation/handovers/", "too_long", text=long)
    sent(mine, "/moderation/handovers/", text="しずかな夜でした\n<b>", program=program.slug)
    note = Handover.objects.get()
    read = f"/moderation/handovers/{note.pk}/read/"
    assert read not in page(mine)
    shown = page(hers)
    assert "しずかな夜でした\n&lt;b&gt;" in shown
    assert read in shown
    sent(hers, read)
    assert "読んだ人: そら" in page(mine)
    assert read not in page(hers)


def test_what_one_was_told_goes_when_one_says_so(soon, ren, mori, at):
    cancel_shift(staff_viewer(mori), shift=soon.pk, now=at)
    client = signed_in_as(ren)
    assert "あなたの当番が、ひとつなくなりました" in page(client)
    sent(client, f"/moderation/notices/{Notice.objects.get().pk}/away/")
    assert "あなたの当番が" not in page(client)


def test_a_swap_is_asked_and_taken_on_pages(soon, ren, sora):
    mine, hers = signed_in_as(ren), signed_in_as(sora)
    shift = f"/moderation/shifts/{soon.pk}/"
    assert f'<option value="{sora.pk}">そらさん</option>' in page(mine, shift)
    sent(mine, f"{shift}swap/", to=shift, colleague=sora.pk)
    assert "たずねている人:" in page(mine, shift)
    sent(mine, f"{shift}swap/withdraw/", to=shift)
    sent(mine, f"{shift}swap/", to=shift)
    take = f"/moderation/swaps/{soon.swaps.get(state='asked').pk}/take/"
    assert take in page(hers)
    sent(hers, take)
    assert "そらさんが、あなたの当番をかわってくれます" in page(mine)
    said_no(hers, take, "taken_already")


def test_stepping_in_without_a_plan(ren, program):
    client = signed_in_as(ren)
    page(client, "/moderation/step-in/")
    said_no(client, "/moderation/step-in/", "shift_too_long", minutes=241)
    said_no(client, "/moderation/step-in/", "no_time", minutes="x")
    sent(client, "/moderation/step-in/", minutes=60)
    assert Shift.objects.get().state == ShiftState.BEGUN


def test_a_colleagues_shift_is_seen_and_not_touched(soon, ren, sora, mori):
    client, shift = signed_in_as(sora), f"/moderation/shifts/{soon.pk}/"
    assert "れんさんの当番" in page(client, shift)
    for deed in ("begin", "swap", "rest", "end", "relief", "debrief", "swap/withdraw", "cancel"):
        assert client.post(f"{shift}{deed}/", {"text": "a"}).status_code == 404
    elsewhere = make_staff("toshi")
    grant(elsewhere, "coordinator", make_program("kochi"))
    assert signed_in_as(elsewhere).get(shift).status_code == 404
    sent(signed_in_as(mori), f"{shift}cancel/", to=shift)
    soon.refresh_from_db()
    assert soon.state == ShiftState.CANCELLED


def test_another_programs_desk_is_not_there(ren):
    make_program("kochi")
    assert signed_in_as(ren).get("/moderation/?program=kochi").status_code == 404
    lost = signed_in_as(ren).post("/moderation/handovers/", {"text": "a", "program": "kochi"})
    assert lost.status_code == 404


def test_the_desk_costs_the_same_however_much_is_on_it(
    keeping, ren, sora, rooms, program, at, django_assert_max_num_queries
):
    client = signed_in_as(ren)
    page(client)
    with django_assert_max_num_queries(24):
        page(client)
    begun(sora, program, now=at)
    attend(staff_viewer(ren), shift=keeping.pk, room=rooms[0].pk, now=at)
    attend(staff_viewer(sora), shift=sora.shifts.get().pk, room=rooms[1].pk, now=at)
    for _ in range(5):
        write_handover(staff_viewer(sora), program=program.pk, text="しずかでした", now=at)
        Notice.objects.create(to=ren, kind="planned", shift=keeping, about=sora, at=at)
    with django_assert_max_num_queries(24):
        page(client)
