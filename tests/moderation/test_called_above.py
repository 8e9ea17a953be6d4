"""Who is called above the desk: of what was told of staff and of objections that are overdue."""

from datetime import timedelta

import pytest

from accounts.models import Staff
from accounts.states import Role
from audit.models import AuditEntry
from chat.actions import items
from chat.models import Item, Recusal
from chat.states import ItemKind, ItemState
from duty.models import AlertChoice, Call
from foundation import clock
from foundation.refusals import Refused
from moderation.actions import alarms, queue
from moderation.actions.alarms import AGAIN_CALMLY, climb
from moderation.actions.appeals import appeal, judge
from moderation.actions.messages import act_on_message
from moderation.actions.proposals import confirm, propose
from moderation.models import AlarmStep
from moderation.states import ActKind, Outcome, Reason
from moderation.waiting import stands_at
from tests.cast import attend, grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import do, post, rest, seat_of
from tests.moderation.evening import item_of, message
from tests.moderation.test_queue_pages import page, without_tokens

LATE = timedelta(hours=73)


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def named(program, settings):
    """`named("hana", Role.REVIEWER)`: somebody whom a mail reaches."""
    settings.CAN_MAIL = True

    def make(name: str, *roles: Role) -> Staff:
        made = Staff.objects.filter(username=name).first() or make_staff(name)
        Staff.objects.filter(pk=made.pk).update(email=f"{name}@example.com")
        made.refresh_from_db()
        for role in roles:
            grant(made, role)
        return made

    return make


@pytest.fixture
def told(aoi, room, ren, at):
    """Somebody told of ren: of a word, without any words of crisis."""
    seat = seat_of(aoi, room)

    def raised(about: Staff, kind: ItemKind = ItemKind.REPORT) -> Item:
        one = items.Raised(kind, f"x:{about.pk}", room=room.pk, seat=seat.pk, about_staff=about.pk)
        items.raise_all([one], now=at)
        return item_of(kind, about_staff=about)

    return raised


def called(item: Item | None = None) -> list[tuple[str, str]]:
    rows = AlarmStep.objects.filter(item=item) if item else AlarmStep.objects.all()
    of = rows.exclude(channel="").order_by("number").values_list("staff__username", "channel")
    return list(of)


# --- what was told of staff -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ItemKind.REPORT, ItemKind.CRISIS, ItemKind.FLAG])
def test_what_was_told_of_staff_calls_those_above_and_never_the_one_it_is_about(
    told, named, room, at, kind
):
    mori = named("mori", Role.COORDINATOR, Role.SUPPORTER)
    named("hana", Role.COORDINATOR)
    named("judge", Role.REVIEWER)
    named("sora", Role.SUPPORTER)
    attend(room, mori, now=at)
    item = told(mori, kind)
    climb(now=at)
    assert sorted(called(item)) == [("hana", "email"), ("judge", "email")]
    assert not Call.objects.filter(staff=mori).exists()


def test_where_the_only_coordinator_is_told_of_the_reviewers_are_called(told, named, at):
    mori = named("mori", Role.COORDINATOR)
    named("judge", Role.REVIEWER)
    item = told(mori)
    climb(now=at)
    assert called(item) == [("judge", "email")]


def test_they_are_called_over_what_they_chose_and_no_desk_shows_it(told, named, room, ren, at):
    mori = named("mori", Role.COORDINATOR, Role.SUPPORTER)
    hana = named("hana", Role.COORDINATOR)
    AlertChoice.objects.create(staff=hana, channels=["desk"])
    attend(room, mori, hana, now=at)
    before = stands_at(room.program_id)
    item = told(ren)
    climb(now=at)
    # hana chose her desk alone, where such a thing never stands.
    assert called(item) == [("mori", "email")]
    assert stands_at(room.program_id) == before


def test_whoever_may_know_the_person_isn_t_called(told, named, ren, aoi, at):
    mori = named("mori", Role.COORDINATOR)
    Recusal.objects.create(staff=mori, participant=aoi, at=at)
    assert (climb(now=at), called(told(ren))) == (0, [])
    climb(now=at)
    assert called() == []


def test_without_words_of_crisis_it_calls_again_after_hours_and_not_all_night(told, named, ren, at):
    named("mori", Role.COORDINATOR)
    item = told(ren)
    climb(now=at)
    climb(now=at + timedelta(minutes=30))
    assert len(called(item)) == 1
    climb(now=at + AGAIN_CALMLY)
    assert len(called(item)) == 2


def test_a_crisis_above_the_desk_is_claimed_and_its_calls_rest_for_ten_minutes(
    told, named, ren, at
):
    mori, judge = named("mori", Role.COORDINATOR), named("judge", Role.REVIEWER)
    item = told(ren, ItemKind.CRISIS)
    browser = signed_in_as(mori)
    assert "わたしが読みます" in page(browser, f"/moderation/review/items/{item.pk}/")
    answer = browser.post(f"/moderation/review/items/{item.pk}/claim/")
    assert answer.status_code == 303
    item.refresh_from_db()
    assert (item.state, item.claimed_by) == (ItemState.CLAIMED, mori)
    assert "わたしが読んでいます" in page(browser, f"/moderation/review/items/{item.pk}/")
    assert "moriさんが読んでいます" in page(signed_in_as(judge), "/moderation/review/")
    taken = item.claimed_at
    assert climb(now=taken + timedelta(minutes=9)) == 0
    assert climb(now=taken + timedelta(minutes=11)) == 2
    with pytest.raises(Refused, match="claimed_already"):
        queue.claim(staff_viewer(judge), item=item.pk, now=taken + timedelta(minutes=9))
    browser.post(f"/moderation/review/items/{item.pk}/let-go/")
    item.refresh_from_db()
    assert (item.state, item.claimed_by) == (ItemState.NEW, None)


def test_whoever_it_is_about_can_t_infer_it_from_what_is_done_with_it(told, named, room, at):
    mori, hana = named("mori", Role.COORDINATOR), named("hana", Role.COORDINATOR)
    browser = signed_in_as(mori)
    addresses = ("/moderation/", "/moderation/queue/", "/moderation/alerts/", "/accounts/audit/")
    for address in addresses:  # the looks of one's own stand in the log
        browser.get(address)
    before = [without_tokens(page(browser, one)) for one in addresses]
    item = told(mori, ItemKind.CRISIS)
    climb(now=at)
    page(signed_in_as(hana), f"/moderation/review/items/{item.pk}/")
    queue.claim(staff_viewer(hana), item=item.pk, now=at)
    queue.let_go(staff_viewer(hana), item=item.pk, now=at)
    queue.settle(staff_viewer(hana), item=item.pk, outcome=Outcome.ACTED, now=at)
    assert [without_tokens(page(browser, one)) for one in addresses] == before
    for deed in ("", "claim/", "let-go/", "settle/"):
        address = f"/moderation/review/items/{item.pk}/{deed}"
        sent = browser.post(address) if deed else browser.get(address)
        assert sent.status_code == 404
    verbs = AuditEntry.objects.filter(object_type="item", program=None).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "moderation.look", "moderation.claimed", "moderation.let_go", "moderation.settled",
    ]  # fmt: skip


def test_a_call_leads_everyone_to_where_it_waits_for_them(told, named, ren, program):
    mori, judge = named("mori", Role.COORDINATOR), named("judge", Role.REVIEWER)
    answer = signed_in_as(judge).get("/moderation/")
    assert (answer.status_code, answer["Location"]) == (303, "/moderation/review/")
    assert "待っています" not in page(signed_in_as(mori))
    told(ren)
    assert "待っています" in page(signed_in_as(mori))
    told(mori, ItemKind.CRISIS)
    Item.objects.filter(about_staff=ren).delete()
    assert "待っています" not in page(signed_in_as(mori))


# --- objections -----------------------------------------------------------------------------------


def test_an_objection_that_is_overdue_calls_reviewers_and_coordinators_who_didn_t_act(
    aoi, room, named, at
):
    mori = named("mori", Role.COORDINATOR)
    named("hana", Role.COORDINATOR)
    named("judge", Role.REVIEWER)
    named("sora", Role.SUPPORTER)
    act = act_on_message(staff_viewer(mori), ActKind.HIDE, message=message(aoi, room).pk, now=at)
    appeal(seen_by(aoi), act=act.pk, text="", now=at)
    item = item_of(ItemKind.APPEAL)
    climb(now=at + timedelta(hours=71))
    assert called(item) == []
    climb(now=at + LATE)
    assert sorted(called(item)) == [("hana", "email"), ("judge", "email")]


def test_of_a_bar_that_two_agreed_on_neither_is_called_and_neither_judges(aoi, room, named, at):
    mori, hana = named("mori", Role.COORDINATOR), named("hana", Role.COORDINATOR)
    named("judge", Role.REVIEWER)
    for staff in (mori, hana):
        staff.grants.update(granted_at=at - timedelta(days=30))
    rest()
    seat = seat_of(aoi, room)
    asked = propose(
        staff_viewer(mori), seat=seat.pk, reason=Reason.ABUSE, note="くりかえし", now=at
    )
    act = confirm(staff_viewer(hana), proposal=asked.pk, now=at)
    objection = appeal(seen_by(aoi), act=act.pk, text="", now=at)
    climb(now=at + LATE)
    assert called(item_of(ItemKind.APPEAL)) == [("judge", "email")]
    for staff in (mori, hana):
        with pytest.raises(Refused, match="same_judge"):
            judge(staff_viewer(staff), appeal=objection.pk, overturn=False, answer="いいえ", now=at)


# --- nobody waits behind anybody ------------------------------------------------------------------


def test_a_crisis_behind_hundreds_that_somebody_reads_or_that_reach_nobody_calls_at_once(
    aoi, room, named, at, monkeypatch
):
    named("mori", Role.COORDINATOR)
    elsewhere = type(room.program).objects.create(slug="toi", name="とおい", prefecture_code="01")
    of = {"kind": ItemKind.CRISIS.value, "urgency": 0, "opened_at": at, "raised_at": at}
    reader = named("hana")
    Item.objects.bulk_create(
        Item(
            subject=f"seat:9{n}", program=room.program, state=ItemState.CLAIMED.value,
            claimed_by=reader, claimed_at=at, **of,
        )
        for n in range(120)
    )  # fmt: skip
    # Their program has nobody to call.
    Item.objects.bulk_create(
        Item(subject=f"seat:8{n}", program=elsewhere, **of) for n in range(120)
    )
    do(aoi, room, post("もう死にたい"), now=at + timedelta(seconds=1))
    mine = Item.objects.get(kind=ItemKind.CRISIS.value, seat=seat_of(aoi, room))
    attended = AlarmStep.objects.filter(item=mine)
    climb(now=at + timedelta(seconds=2))
    assert attended.exists()
    with monkeypatch.context() as patched:
        asked = []
        patched.setattr("moderation.actions.alarms._climb", lambda key, now: asked.append(key) or 0)
        climb(now=at + timedelta(seconds=3))
    held = Item.objects.filter(state=ItemState.CLAIMED.value)
    assert not set(asked) & set(held.values_list("pk", flat=True))
    assert mine.pk not in asked, "who was called just now isn't asked again"


def test_what_one_call_stumbles_over_keeps_nobody_else_from_being_called(
    told, named, ren, sora, at, monkeypatch
):
    named("mori", Role.COORDINATOR)
    first, second = told(ren), told(sora)
    found = alarms._people

    def stumbles(item, *, now):
        if item.pk == first.pk:
            raise RuntimeError
        return found(item, now=now)

    monkeypatch.setattr(alarms, "_people", stumbles)
    assert climb(now=at) == 1
    assert called(second) == [("mori", "email")]
