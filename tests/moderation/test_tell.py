"""A hurtful private word of staff is told of by the one who got it: in silence, past the desk."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import belongings
from accounts.models import Letter
from accounts.passphrase import key_of, make
from accounts.states import Role
from chat import protocol as p
from chat.models import Item, Murmur, Recusal
from chat.states import ItemKind
from foundation import clock
from moderation.actions import murmurs, people, queue
from moderation.actions.alarms import climb
from moderation.actions.purge import purge
from moderation.models import Act, AlarmStep, Told
from moderation.states import ActKind, Outcome, Reason
from moderation.waiting import stands_at
from tests.cast import grant, make_staff, signed_in_as, staff_viewer
from tests.chat.deeds import do, rest, seat_of
from tests.house.everyone import seated
from tests.moderation.evening import item_of
from tests.moderation.test_queue_pages import page, without_tokens

HURTS = "きみはもう来なくていい"


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def word(aoi, room, ren, at) -> Act:
    """What ren wrote to aoi alone."""
    return people.say(staff_viewer(ren), seat=seat_of(aoi, room).pk, text=HURTS, now=at)


def tells(aoi, act, *, reason="abuse", note="", status=303):
    answer = seated(aoi).post(f"/standing/{act.pk}/tell/", {"reason": reason, "note": note})
    assert answer.status_code == status, answer.content.decode()
    return answer


def test_the_letter_leads_to_where_one_tells_of_it_and_those_above_read_it(
    aoi, room, word, mori, ren
):
    letter = Letter.objects.get(participant=aoi, kind="reply")
    assert [one["href"] for one in letter.links] == [f"/standing/{word.pk}/tell/"]
    assert HURTS in page(seated(aoi), letter.links[0]["href"])
    tells(aoi, word, note="こわかったです")
    item = item_of(ItemKind.REPORT)
    assert (item.about_staff, item.subject) == (ren, f"act:{word.pk}")
    shown = page(signed_in_as(mori), f"/moderation/review/items/{item.pk}/")
    assert HURTS in shown and "こわかったです" in shown
    assert "受けとりました" in page(seated(aoi), letter.links[0]["href"])
    tells(aoi, word, note="もういちど")
    assert (Told.objects.get().note, Item.objects.get(pk=item.pk).times) == ("こわかったです", 1)


def test_a_reply_to_a_murmur_is_told_of_with_the_murmur_beside_it(aoi, room, ren, mori, at):
    rest()
    do(aoi, room, p.Murmur(nonce=str(uuid4()), text="ねむれない"))
    answered = murmurs.reply(staff_viewer(ren), murmur=Murmur.objects.get().pk, text=HURTS, now=at)
    link = Letter.objects.get(participant=aoi, kind="reply").links[0]
    assert link["href"] == f"/standing/{answered.pk}/tell/"
    tells(aoi, answered)
    shown = page(signed_in_as(mori), f"/moderation/review/items/{item_of(ItemKind.REPORT).pk}/")
    assert HURTS in shown and "ねむれない" in shown


@pytest.mark.parametrize("note", ["", "もう死にたい"])
def test_whoever_wrote_it_and_the_desk_see_the_same_as_before(aoi, word, ren, sora, note):
    browsers = [signed_in_as(ren), signed_in_as(sora)]
    addresses = (
        "/moderation/", "/moderation/queue/", "/moderation/acts/",
        f"/moderation/people/{seat_of(aoi, word.room).pk}/",
    )  # fmt: skip

    def seen():
        return [without_tokens(page(one, address)) for one in browsers for address in addresses]

    before, stood = seen(), stands_at(word.program_id)
    tells(aoi, word, note=note)
    climb(now=clock.now())
    assert seen() == before
    assert stands_at(word.program_id) == stood
    item = item_of(ItemKind.REPORT)
    for one in browsers:
        page(one, f"/moderation/review/items/{item.pk}/", status=404)
        page(one, f"/moderation/items/{item.pk}/", status=404)


def test_a_word_of_the_coordinator_s_goes_to_the_reviewer_and_never_to_them(
    aoi, room, mori, at, settings
):
    settings.CAN_MAIL = True
    judge = make_staff("judge")
    grant(judge, Role.REVIEWER)
    type(mori).objects.update(email="x@example.com")
    act = people.say(staff_viewer(mori), seat=seat_of(aoi, room).pk, text=HURTS, now=at)
    tells(aoi, act)
    climb(now=clock.now())
    called = AlarmStep.objects.exclude(channel="").values_list("staff", flat=True)
    assert list(called) == [judge.pk]


def test_whoever_may_know_her_is_no_reader_and_the_page_says_so(aoi, word, mori, at):
    address = f"/standing/{word.pk}/tell/"
    assert "いまは読める人がいない" not in page(seated(aoi), address)
    Recusal.objects.create(staff=mori, participant=aoi, at=at)
    assert "いまは読める人がいない" in page(seated(aoi), address)


def test_words_of_crisis_in_the_note_bring_the_card_and_call_those_above(aoi, word, mori):
    tells(aoi, word, note="もう死にたい")
    assert item_of(ItemKind.CRISIS).about_staff == word.by
    card = Letter.objects.get(participant=aoi, kind="care")
    assert "いま話せるところ" in card.title
    shown = page(signed_in_as(mori), f"/moderation/review/items/{item_of(ItemKind.CRISIS).pk}/")
    assert "もう死にたい" in shown


def test_a_note_with_the_passphrase_is_refused_and_need_in_it_is_heard(aoi, word, mori):
    phrase = make()
    type(aoi).objects.filter(pk=aoi.pk).update(passphrase_key=key_of(phrase))
    note = f"もう死にたい {phrase}"
    assert "合言葉は" in tells(aoi, word, note=note, status=422).content.decode()
    assert not Told.objects.exists()
    assert item_of(ItemKind.CRISIS).about_staff == word.by
    assert Letter.objects.filter(participant=aoi, kind="care").exists()
    # What is shown of it is asked for again, as a letter is.
    answer = seated(aoi).get(f"/standing/{word.pk}/tell/")
    assert answer.status_code == 303 and "unlock" in answer["Location"]


def test_others_words_and_the_house_s_own_can_t_be_told_of(aoi, yoso, word):
    tells(yoso, word, status=404)
    assert page(seated(yoso), f"/standing/{word.pk}/tell/", status=404)
    Act.objects.update(by=None)
    tells(aoi, word, status=404)
    assert not Item.objects.exists()


def test_a_hurtful_reason_of_an_act_is_told_of_from_its_page(aoi, room, ren, at, mori):
    act = people.act_on_person(
        staff_viewer(ren), ActKind.MUTE, seat=seat_of(aoi, room).pk, reason=Reason.OTHER,
        note="めんどうな人だから", until=at + timedelta(hours=1), now=at,
    )  # fmt: skip
    assert f"/standing/{act.pk}/tell/" in page(seated(aoi), f"/standing/{act.pk}/")
    tells(aoi, act)
    shown = page(signed_in_as(mori), f"/moderation/review/items/{item_of(ItemKind.REPORT).pk}/")
    assert "めんどうな人だから" in shown


def test_whoever_told_learns_how_it_ended_and_once(aoi, word, mori, at):
    tells(aoi, word)
    item = item_of(ItemKind.REPORT)
    queue.settle(staff_viewer(mori), item=item.pk, outcome=Outcome.ACTED, now=at)
    ends = Letter.objects.filter(participant=aoi, title="しらせてくれたこと")
    assert "手をうちました" in ends.get().text


def test_what_was_told_is_theirs_to_see_and_erase_and_goes_when_it_was_read(aoi, word, mori, at):
    tells(aoi, word, note="こわかった")
    kept = belongings.export(aoi.pk, now=at)
    assert "こわかった" in str(kept)
    purge(now=at + timedelta(days=400))
    assert Told.objects.get().evidence["text"] == HURTS, "nobody read it yet"
    item = item_of(ItemKind.REPORT)
    queue.settle(staff_viewer(mori), item=item.pk, outcome=Outcome.NOTHING, now=at)
    purge(now=at + timedelta(days=400))
    told = Told.objects.get()
    assert (told.note, told.evidence) == ("", {})


def test_an_erasure_takes_the_words_told(aoi, word, at):
    tells(aoi, word, note="こわかった")
    belongings.erase_all(aoi.pk, now=at)
    told = Told.objects.get()
    assert (told.note, told.evidence) == ("", {})
