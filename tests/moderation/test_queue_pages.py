"""The desk without script: what waits is seen, claimed, decided; the person is told and objects."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.models import Letter
from accounts.states import Role
from chat import protocol as p
from chat.actions import purge as chat_purge
from chat.models import Item, Message, Room
from chat.states import ItemKind, ItemState, MessageState
from foundation import clock
from moderation.actions.purge import purge
from moderation.actions.queue import claim
from moderation.models import Act, Appeal, Proposal
from moderation.sentences import sentence
from moderation.states import ActKind
from tests.cast import attend, grant, long_proven, make_staff, signed_in_as, staff_viewer
from tests.chat.deeds import do, post, rest, seat_of
from tests.house.everyone import seated
from tests.moderation.evening import item_of, message, report

NONCE = "0b6b1f5e-3c1c-4a8e-9d93-0a8b4f6f1c55"


@pytest.fixture
def hall(room, ren):
    """ren attends a room that is open; the desk's own fixtures know another ren."""
    attend(room, ren)
    return room


@pytest.fixture
def desk(hall, ren) -> Client:
    return signed_in_as(ren)


def page(client, address="/moderation/", *, status=200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def sent(client, address, **fields):
    answer = client.post(address, fields)
    assert answer.status_code == 303, answer.content.decode()
    return answer


def test_from_a_report_to_another_judge_everybody_s_page_agrees(desk, aoi, haha, hall, mori):
    row = message(aoi, hall, "きつい言い方")
    report(haha, row, note="こわかったです")
    item = item_of(ItemKind.REPORT)
    seen = page(desk)
    assert "きつい言い方" in seen
    assert f"/moderation/items/{item.pk}/" in seen
    sent(desk, f"/moderation/items/{item.pk}/claim/")
    looked = page(desk, f"/moderation/items/{item.pk}/")
    assert "こわかったです" in looked
    assert "はは" not in looked  # never who told
    sent(desk, f"/moderation/messages/{row.pk}/act/", item=item.pk, deed="hide", reason="abuse")
    assert "きつい言い方" not in page(seated(haha), f"/rooms/{hall.slug}/")

    act, mine = Act.objects.get(), seated(aoi)
    (letter,) = Letter.objects.filter(participant=aoi)
    told = page(mine, letter.links[0]["href"])
    assert "だれかをきずつけることば" in told
    assert "れん" not in told
    sent(mine, f"/standing/{act.pk}/", words="冗談のつもりでした")
    assert "受けとりました" in page(mine, f"/standing/{act.pk}/")

    appeal, judge = Appeal.objects.get(), signed_in_as(mori)
    address = f"/moderation/review/appeals/{appeal.pk}/"
    assert address in page(judge, "/moderation/review/")
    assert "冗談のつもりでした" in page(judge, address)
    sent(judge, address, verdict="overturn", words="読みなおしました。もどします。")
    row.refresh_from_db()
    assert row.state == MessageState.SHOWN
    assert "きつい言い方" in page(seated(haha), f"/rooms/{hall.slug}/")
    assert "取り消しました" in page(mine, f"/standing/{act.pk}/")


def test_whoever_acted_can_t_judge_and_a_reviewer_can(aoi, hall, mori):
    row = message(aoi, hall)
    acting = signed_in_as(mori)
    sent(acting, f"/moderation/messages/{row.pk}/act/", deed="hide", reason="calm")
    sent(seated(aoi), f"/standing/{Act.objects.get().pk}/", words="")
    address = f"/moderation/review/appeals/{Appeal.objects.get().pk}/"
    answer = acting.post(address, {"verdict": "uphold", "words": "そのままにします"})
    assert answer.status_code == 422
    assert escape(sentence("same_judge")) in answer.content.decode()
    reviewer = make_staff("yomu")
    grant(reviewer, Role.REVIEWER)
    sent(signed_in_as(reviewer), address, verdict="uphold", words="読みました。")
    assert Appeal.objects.get().state == "upheld"
    assert page(signed_in_as(reviewer), "/moderation/queue/", status=404)


def test_evidence_is_there_when_the_message_is_gone_while_an_appeal_is_open(aoi, hall, desk, mori):
    row = message(aoi, hall, "そのときのことば")
    sent(desk, f"/moderation/messages/{row.pk}/act/", deed="hide", reason="heavy")
    sent(seated(aoi), f"/standing/{Act.objects.get().pk}/")
    Message.objects.all().delete()
    judge = signed_in_as(mori)
    assert "そのときのことば" in page(
        judge, f"/moderation/review/appeals/{Appeal.objects.get().pk}/"
    )


def test_retention_takes_the_message_and_leaves_the_evidence_of_an_open_appeal(
    aoi, hall, desk, mori
):
    row = message(aoi, hall, "そのときのことば")
    sent(desk, f"/moderation/messages/{row.pk}/act/", deed="hide", reason="heavy")
    sent(seated(aoi), f"/standing/{Act.objects.get().pk}/")
    year = clock.now() + timedelta(days=365)
    list(chat_purge.purge(now=year))
    purge(now=year)
    assert not Message.objects.exists()
    address = f"/moderation/review/appeals/{Appeal.objects.get().pk}/"
    judge = signed_in_as(mori)
    assert "そのときのことば" in page(judge, address)
    # Judged, and nobody can object any more: it goes too.
    sent(judge, address, verdict="uphold", words="読みました。")
    purge(now=year)
    purge(now=year + timedelta(days=120))
    assert Act.objects.get().evidence == {}


def test_a_bar_for_good_asks_both_coordinators_for_a_fresh_proof(aoi, hall, mori):
    person = f"/moderation/people/{seat_of(aoi, hall).pk}/"
    asked = {"deed": "site_bar", "reason": "abuse", "note": "くりかえし"}
    sent(signed_in_as(mori), f"{person}propose/", **asked)
    item = f"/moderation/items/{item_of(ItemKind.PROPOSAL).pk}/"
    other = make_staff("hana", display_name="はな")
    grant(other, Role.COORDINATOR, hall.program)
    second = long_proven(signed_in_as(other))
    came = {"Referer": f"http://testserver{item}"}
    answer = second.post(f"{item}proposal/", {"agree": "on"}, headers=came)
    assert answer.status_code == 303
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=%2Fmoderation%2Fitems")
    assert Proposal.objects.get().state == "asked"
    # A no asks for nothing.
    sent(second, f"{item}proposal/")
    assert Proposal.objects.get().state == "declined"
    # Another time, just proven.
    sent(signed_in_as(mori), f"{person}propose/", **asked)
    item = f"/moderation/items/{Item.objects.filter(kind=ItemKind.PROPOSAL).latest('pk').pk}/"
    sent(signed_in_as(other), f"{item}proposal/", agree="on")
    assert Act.objects.get().kind == ActKind.SITE_BAR


def test_nobody_reads_or_objects_to_what_was_done_to_somebody_else(desk, aoi, yoso, hall):
    row = message(aoi, hall)
    sent(desk, f"/moderation/messages/{row.pk}/act/", deed="hide", reason="calm")
    address = f"/standing/{Act.objects.get().pk}/"
    page(seated(yoso), address, status=404)
    assert seated(yoso).post(address, {"words": "?"}).status_code == 404
    assert not Appeal.objects.exists()


def test_a_report_about_a_supporter_alone_on_duty_is_nowhere_for_them(aoi, hall, ren, mori):
    others = hall.program.shift_set.exclude(supporter=ren)
    others.update(ends_at=clock.now() - timedelta(hours=1))
    seat = seat_of(aoi, hall)
    seat.pk, seat.participant, seat.staff, seat.key = None, None, ren, "ren-key"
    seat.role, seat.handle = "supporter", "れん"
    seat.save()
    row = Message.objects.create(
        room=hall, seat=seat, seq=900, nonce=NONCE, handle="れん", body_key="",
        text="もうだまって", state="shown", at=clock.now(),
    )  # fmt: skip
    desk = signed_in_as(ren)
    before = page(desk)
    report(aoi, row, note="死にたいくらい、こわかった")
    item = item_of(ItemKind.REPORT)
    assert item.about_staff == ren
    assert without_tokens(page(desk)) == without_tokens(before)
    for one in Item.objects.filter(about_staff=ren):
        for address in ("", "claim/", "settle/"):
            answer = desk.post(f"/moderation/items/{one.pk}/{address}")
            assert answer.status_code in (404, 405)
        page(desk, f"/moderation/items/{one.pk}/", status=404)
        page(desk, f"/moderation/review/items/{one.pk}/", status=404)
    assert Item.objects.filter(about_staff=ren).count() == 2  # the report, and words of crisis
    above = signed_in_as(mori)
    assert "こわかった" not in page(above)
    address = f"/moderation/review/items/{item.pk}/"
    assert address in page(above, "/moderation/review/")
    assert "こわかった" in page(above, address)
    sent(above, f"{address}settle/", outcome="acted")
    item.refresh_from_db()
    assert item.state == ItemState.DONE
    assert "手をうちました" in Letter.objects.filter(participant=aoi).order_by("pk").last().text


def without_tokens(text: str) -> str:
    # Nor the seconds until the next 「いますか」 and until a rest, which the clock counts down.
    return re.sub(r'value="\w{64}"|data-(ask|rest)-in="\d+"', "", text)


def version(text: str) -> str:
    found = re.search(r'data-version="\d+"', text)
    assert found
    return found[0]


def test_a_coordinator_who_is_reported_sees_nothing_of_it(aoi, hall, mori):
    seat = seat_of(aoi, hall)
    seat.pk, seat.participant, seat.staff, seat.key = None, None, mori, "mori-key"
    seat.save()
    row = Message.objects.create(
        room=hall, seat=seat, seq=901, nonce=NONCE, handle="もり", body_key="",
        text="だまって", state="shown", at=clock.now(),
    )  # fmt: skip
    report(aoi, row)
    address = f"/moderation/review/items/{item_of(ItemKind.REPORT).pk}/"
    assert address not in page(signed_in_as(mori), "/moderation/review/")
    page(signed_in_as(mori), address, status=404)
    reviewer = make_staff("yomu")
    grant(reviewer, Role.REVIEWER)
    page(signed_in_as(reviewer), address)


def test_a_murmur_is_read_or_answered_and_an_answer_carries_no_address(desk, aoi, hall):
    do(aoi, hall, p.Murmur(nonce=NONCE, text="ねむれません"))
    item = item_of(ItemKind.MURMUR)
    assert "ねむれません" in page(desk, f"/moderation/items/{item.pk}/")
    answer = desk.post(
        f"/moderation/items/{item.pk}/answer/", {"words": "ren@example.com に書いてください"}
    )
    assert answer.status_code == 422
    assert "ren@example.com に書いて" in answer.content.decode()  # nothing typed is lost
    sent(desk, f"/moderation/items/{item.pk}/answer/", words="読みました。おつかれさま。")
    item.refresh_from_db()
    assert (item.state, item.outcome) == (ItemState.DONE, "answered")
    (letter,) = Letter.objects.filter(participant=aoi)
    assert letter.text == "読みました。おつかれさま。"
    assert Act.objects.get().kind == ActKind.REPLY


TOGETHER = "/moderation/queue/together/"


def test_many_end_together_after_a_look_at_them(desk, aoi, haha, hall):
    for text in ("ひとつ", "ふたつ"):
        report(haha, message(aoi, hall, text))
    keys = list(Item.objects.order_by("pk").values_list("pk", flat=True))
    looked = desk.post(TOGETHER, {"item": keys}).content.decode()
    assert "ふたつ" in looked
    assert "2件を、かくす" in looked and "しらせ 2件" in looked
    assert "部屋に出す" not in looked  # none of them is held
    assert not Item.objects.filter(state=ItemState.DONE).exists()
    sent(desk, TOGETHER, item=keys, deed="nothing")
    assert Item.objects.filter(state=ItemState.DONE).count() == 2
    assert not Act.objects.exists()


def test_when_others_have_all_of_them_it_says_so(desk, aoi, haha, hall, sora):
    report(haha, message(aoi, hall))
    item = Item.objects.get()
    claim(staff_viewer(sora), item=item.pk, now=clock.now())
    answer = desk.post(TOGETHER, {"item": item.pk, "deed": "nothing"})
    assert answer.status_code == 422
    assert escape(sentence("claimed_already")) in answer.content.decode()


def held_and_told(aoi, haha, yoso, hall) -> tuple[list[int], list[int]]:
    """Two messages that were told of, two that are held; their items' numbers."""
    for text in ("ひとつ", "ふたつ"):
        report(haha, message(aoi, hall, text))
    Room.objects.filter(pk=hall.pk).update(premoderated=True)
    rest()
    do(yoso, hall, post("みっつ"), post("よっつ"))
    by_kind = Item.objects.order_by("pk").values_list("pk", flat=True)
    return list(by_kind.filter(kind="report")), list(by_kind.filter(kind="held"))


def test_many_are_let_in_or_hidden_each_by_an_act_of_its_own(desk, aoi, haha, yoso, hall):
    told, held = held_and_told(aoi, haha, yoso, hall)
    looked = desk.post(TOGETHER, {"item": [*told, *held]}).content.decode()
    assert "2件を、部屋に出す" in looked and "2件を、かくす" in looked
    assert not Act.objects.exists()
    sent(desk, TOGETHER, item=held, deed="approve")
    sent(desk, TOGETHER, item=told, deed="hide", reason="abuse")
    kinds = list(Act.objects.order_by("pk").values_list("kind", "reason"))
    assert kinds == [("approve", "other")] * 2 + [("hide", "abuse")] * 2
    assert not Item.objects.exclude(state=ItemState.DONE).exists()
    assert Letter.objects.filter(participant=aoi).count() == 2
    first = Act.objects.filter(kind="hide").order_by("pk")[0]
    sent(desk, f"/moderation/acts/{first.pk}/undo/")
    states = Message.objects.filter(seat__participant=aoi).order_by("seq")
    assert list(states.values_list("state", flat=True)) == ["shown", "hidden"]


def test_what_a_deed_does_not_fit_or_somebody_else_has_is_left_alone(
    desk, aoi, haha, yoso, hall, mori
):
    told, held = held_and_told(aoi, haha, yoso, hall)
    sent(signed_in_as(mori), f"/moderation/items/{told[0]}/claim/")
    assert "1件を、かくす" in desk.post(TOGETHER, {"item": told}).content.decode()
    sent(desk, TOGETHER, item=[*told, *held], deed="hide", reason="calm")
    assert [one.item_id for one in Act.objects.all()] == [told[1]]
    assert desk.post(TOGETHER, {"item": held, "deed": "nothing"}).status_code == 422
    assert desk.post(TOGETHER, {"item": told, "deed": "hide"}).status_code == 422  # without a why
    assert desk.post(TOGETHER, {"item": told, "deed": "erase"}).status_code == 404
    assert Item.objects.exclude(state=ItemState.DONE).count() == 3


def test_the_list_is_asked_again_only_when_something_changed(desk, aoi, haha, hall):
    report(haha, message(aoi, hall))
    found = version(page(desk)).split('"')[1]
    assert desk.get(f"/moderation/queue/?since={found}").status_code == 204
    report(haha, message(aoi, hall, "もうひとつ"))
    assert "もうひとつ" in page(desk, f"/moderation/queue/?since={found}")


def test_a_kind_that_somebody_doesn_t_read_is_there_without_its_words(desk, aoi, haha, hall):
    report(haha, message(aoi, hall, "つよいことば"))
    sent(desk, "/moderation/choice/", without="report", blurred="on")
    seen = page(desk)
    assert "つよいことば" not in seen
    assert "読まないことにしています" in seen
    assert "data-blurred" in seen


def test_an_act_that_lacks_something_says_so_and_keeps_what_was_typed(desk, aoi, hall):
    seat = seat_of(aoi, hall).pk
    fields = {"seat": seat, "deed": "pause", "minutes": 60, "reason": "safety", "note": "よる"}
    answer = desk.post(f"/moderation/people/{seat}/act/", fields)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert escape(sentence("no_plan")) in text
    assert 'value="よる"' in text
    sent(desk, f"/moderation/people/{seat}/act/", **fields, words="あした20時に、まっています。")
    assert "20時" in page(desk, f"/moderation/people/{seat}/")


def test_a_room_is_slowed_and_its_act_is_taken_back_from_the_list(desk, hall):
    sent(
        desk, f"/moderation/rooms/{hall.pk}/act/", room=hall.pk, deed="slow", seconds=60,
        minutes=60, reason="calm",
    )  # fmt: skip
    assert Room.objects.get(pk=hall.pk).slow_s == 60
    assert "これだけ取り消す" in page(desk, "/moderation/acts/")
    sent(desk, f"/moderation/acts/{Act.objects.get().pk}/undo/")
    assert Room.objects.get(pk=hall.pk).slow_s == 0
    assert hall.name in page(desk, f"/moderation/rooms/?room={hall.pk}")


def test_a_held_message_is_let_in_from_its_page(desk, aoi, hall):
    Room.objects.filter(pk=hall.pk).update(premoderated=True)
    do(aoi, hall, post("はじめまして"))
    item = item_of(ItemKind.HELD)
    assert "部屋に出す" in page(desk, f"/moderation/items/{item.pk}/")
    sent(desk, f"/moderation/messages/{item.message_id}/act/", item=item.pk, deed="approve")
    assert "はじめまして" in page(seated(aoi), f"/rooms/{hall.slug}/")


def test_the_desk_asks_the_database_the_same_with_one_item_and_with_fifty(
    desk, aoi, haha, hall, django_assert_max_num_queries
):
    now = clock.now()
    seat = seat_of(aoi, hall)
    Item.objects.bulk_create(
        Item(
            kind=ItemKind.FLAG.value,
            subject=f"message:{number}",
            program=hall.program,
            room=hall,
            seat=seat,
            urgency=3,
            opened_at=now,
            raised_at=now,
        )
        for number in range(1000, 6000)
    )
    with django_assert_max_num_queries(46):
        began = clock.now()
        text = page(desk)
    assert text.count('data-kind="flag"') == 50
    assert (clock.now() - began).total_seconds() < 3  # bounded; measured in the report


def test_a_barred_person_still_reads_what_was_done_and_objects(aoi, hall, mori):
    seat = seat_of(aoi, hall).pk
    sent(
        signed_in_as(mori), f"/moderation/people/{seat}/act/", seat=seat, deed="site_bar",
        minutes=1440, reason="abuse",
    )  # fmt: skip
    client = seated(aoi)
    page(client, f"/rooms/{hall.slug}/", status=403)
    for address in ("/now/", "/me/", "/me/export/", "/letters/", "/standing/"):
        page(client, address)
    sent(client, f"/standing/{Act.objects.get().pk}/", words="ちがうと思います")
    assert Appeal.objects.exists()
