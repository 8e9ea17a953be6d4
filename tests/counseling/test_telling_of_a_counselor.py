"""Whoever is hurt by what a counselor writes says so above them; nothing else is read of it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Letter, Staff
from accounts.states import Role
from audit.models import AuditEntry
from chat import protocol as p
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.models import Finding, Item, Message, Report, Seat
from chat.states import ItemKind, ItemState
from counseling import queries
from counseling.actions import alarms, cases, talk
from counseling.models import Case
from duty import readiness
from duty.models import Call
from moderation import waiting
from moderation.actions.alarms import climb
from moderation.models import Act as Deed
from moderation.models import AlarmStep, Proposal
from tests.cast import grant, just_proven, make_staff, seen_by, signed_in_as, staff_viewer
from tests.counseling.test_pages import page, seated

CONFIDED, HURT, AFTER = "だれにも言えなかったこと", "もう、あまえないでください", "そのあとのことば"
NOTE = "こわくなりました"
NEED = "もう死にたいくらい、こわかった"
REVIEW = "/moderation/review/"


@pytest.fixture
def talked(case, aoi, kaede, now) -> Case:
    """aoi confides something; kaede's answer hurts; aoi writes once more."""
    talk.say(seen_by(aoi), code=case.code, text=CONFIDED, nonce=uuid4(), now=now)
    talk.answer(staff_viewer(kaede), code=case.code, text=HURT, nonce=uuid4(), now=now)
    talk.say(seen_by(aoi), code=case.code, text=AFTER, nonce=uuid4(), now=now)
    case.refresh_from_db()
    return case


def word(text: str) -> Message:
    return Message.objects.get(text=text)


def tells(browser, case: Case, *, note: str = NOTE, of: str = HURT, status: int = 303) -> str:
    sent = {"of": word(of).seq, "reason": "abuse", "note": note, "nonce": str(uuid4())}
    answer = browser.post(f"/counseling/mine/{case.code}/report/", sent)
    assert answer.status_code == status, answer.content.decode()
    return answer["Location"] if status == 303 else answer.content.decode()


def above(kind: ItemKind = ItemKind.REPORT) -> str:
    return f"{REVIEW}items/{Item.objects.get(kind=kind.value).pk}/"


def without_tokens(text: str) -> str:
    return re.sub(r'value="\w{64}"|name="nonce" value="[^"]+"', "", text)


# --- told -----------------------------------------------------------------------------------------


def test_by_form_it_reaches_those_above_and_its_outcome_comes_back(talked, aoi, mori):
    browser = seated(aoi)
    mine = f"/counseling/mine/{talked.code}/"
    shown = page(browser, mine)
    assert "この人ではなく、コーディネーターか" in shown
    assert "ほかのやりとりは見えません" in shown
    # Only what a counselor wrote can be chosen.
    assert re.findall(r'name="of"[^>]* value="(\d+)"', shown) == [str(word(HURT).seq)]
    assert "届きました" in page(browser, tells(browser, talked))
    judge = signed_in_as(mori)
    assert above() in page(judge, REVIEW)
    read = page(judge, above())
    assert HURT in read and NOTE in read
    looks = AuditEntry.objects.filter(verb="moderation.look", object_type="item", actor=mori.pk)
    assert looks.count() == 1
    assert judge.post(f"{above()}settle/", {"outcome": "acted"}).status_code == 303
    told = Letter.objects.filter(participant=aoi).order_by("pk").last()
    assert told is not None and "手をうちました" in told.text
    assert Report.objects.get().told_at is not None


def test_who_judges_reads_that_word_and_the_note_alone(talked, aoi, mori):
    tells(seated(aoi), talked)
    judge = signed_in_as(mori)
    for address in (REVIEW, above(), "/moderation/", "/moderation/acts/"):
        shown = page(judge, address)
        assert CONFIDED not in shown and AFTER not in shown, address
        assert talked.code not in shown and talked.room.slug not in shown, address


def test_nothing_of_a_talk_opens_from_its_numbers_at_the_desk(talked, aoi, ren, mori):
    tells(seated(aoi), talked)
    seats = list(Seat.objects.filter(room=talked.room))
    assert len(seats) == 2
    for one in (mori, ren):
        desk = just_proven(signed_in_as(one))
        for seat in seats:
            person = f"/moderation/people/{seat.pk}/"
            page(desk, person, status=404)
            for deed in ("act/", "recuse/", "propose/"):
                sent = {"deed": "mute", "minutes": "60", "reason": "abuse", "note": "ノート"}
                assert desk.post(f"{person}{deed}", sent).status_code == 404, deed
        for row in Message.objects.filter(room=talked.room):
            sent = {"deed": "hide", "reason": "abuse"}
            address = f"/moderation/messages/{row.pk}/act/"
            assert desk.post(address, sent).status_code == 404
        side = f"/moderation/rooms/?room={talked.room_id}"
        assert CONFIDED not in page(desk, side)
        sent = {"deed": "lock", "minutes": "60", "reason": "calm"}
        lock = f"/moderation/rooms/{talked.room_id}/act/"
        assert desk.post(lock, sent).status_code == 404
    assert not Deed.objects.exists() and not Proposal.objects.exists()
    assert word(HURT).state == "shown"


def test_told_once_by_frame_and_by_form_it_is_one_and_opens_again(talked, aoi, mori, now):
    browser = seated(aoi)
    tells(browser, talked)
    first = Report.objects.get().reason
    seat = Seat.objects.get(room=talked.room, participant=aoi)
    frame = p.Report(of=word(HURT).seq or 0, reason="worry", nonce=str(uuid4()))
    for _again in range(2):
        (answer,) = carry_out([Act(seat.room_id, seat.pk, frame)], now=now)
        assert isinstance(answer.frames[0], p.Ack)
    # Another reason is kept beside the first, the same one once; they are one item.
    assert list(Report.objects.order_by("pk").values_list("reason", flat=True)) == [first, "worry"]
    assert Item.objects.count() == 1


def test_other_words_are_refused_and_what_was_typed_is_given_back(talked, aoi, haha):
    browser = seated(aoi)
    shown = tells(browser, talked, of=CONFIDED, note="まちがえた", status=422)
    assert "まちがえた" in shown and '<details class="plainbox" id="tell" open>' in shown
    missing = browser.post(f"/counseling/mine/{talked.code}/report/", {"reason": "abuse"})
    assert missing.status_code == 422
    tells(seated(haha), talked, status=404)
    assert not Report.objects.exists() and not Item.objects.exists()


def test_a_counselor_tells_of_nobody_there(talked, aoi, kaede, now):
    helper = make_staff("sumire", display_name="すみれ")
    grant(helper, Role.COUNSELOR)
    talk.ask_in(staff_viewer(kaede), code=talked.code, colleague=helper.pk, now=now)
    talk.join_in(staff_viewer(helper), code=talked.code, text="はい", nonce=uuid4(), now=now)
    mine = Seat.objects.get(room=talked.room, staff=kaede)
    for text in (CONFIDED, HURT, "はい"):
        frame = p.Report(of=word(text).seq or 0, reason="worry", note=NEED)
        (answer,) = carry_out([Act(mine.room_id, mine.pk, frame)], now=now)
        (told,) = answer.frames
        assert isinstance(told, p.RefusedFrame) and told.code == p.Refusal.NOT_YOURS
    assert not Report.objects.exists() and not Item.objects.exists()
    # Whoever was asked in is told of like the counselor.
    tells(seated(aoi), talked, of="はい")
    assert Item.objects.get().about_staff == helper


def test_also_of_a_talk_that_is_over_and_of_a_word_taken_back(talked, aoi, kaede, mori, now):
    mine = Seat.objects.get(room=talked.room, staff=kaede)
    seq = word(HURT).seq
    frame = p.Withdraw(of=seq or 0)
    carry_out([Act(mine.room_id, mine.pk, frame)], now=now)
    cases.close(staff_viewer(kaede), code=talked.code, now=now)
    browser, sent = seated(aoi), {"of": seq, "reason": "abuse", "note": NOTE}
    assert 'id="tell"' in page(browser, f"/counseling/mine/{talked.code}/")
    answer = browser.post(f"/counseling/mine/{talked.code}/report/", sent)
    assert answer.status_code == 303
    assert NOTE in page(signed_in_as(mori), above())


# --- unseen ---------------------------------------------------------------------------------------


def counselors_pages(desk, case: Case) -> list[str]:
    where = ("/counseling/desk/", f"/counseling/desk/{case.code}/", "/counseling/visits/")
    return [without_tokens(page(desk, one)) for one in where]


@pytest.mark.parametrize("note", [NOTE, NEED])
def test_the_counselor_sees_and_infers_nothing(talked, aoi, kaede, program, note, now):
    desk, me = signed_in_as(kaede), staff_viewer(kaede)
    before, head = counselors_pages(desk, talked), talked.room.head
    letters = Letter.objects.filter(kind="care").count()
    tells(seated(aoi), talked, note=note)
    assert counselors_pages(desk, talked) == before
    talked.room.refresh_from_db()
    assert talked.room.head == head
    assert waiting.version_of(program.pk) == 0
    assert alarms.needs(now=now) == []
    assert [one.in_need for one in queries.own_desk(me, program=program.pk)] == [False]
    assert alarms.climb(now=now + timedelta(hours=1)) == 0
    assert not Call.objects.exists()
    assert desk.get("/moderation/")["Location"] == "/counseling/desk/"  # it shows nothing itself
    for address in (REVIEW, "/moderation/queue/", "/metrics", above()):
        answer = desk.get(address, REMOTE_ADDR="203.0.113.7")
        assert answer.status_code in (403, 404), address
    assert Letter.objects.filter(kind="care").count() == letters + (note == NEED)


def test_whoever_is_told_of_never_judges_it_whatever_else_they_are(
    talked, aoi, kaede, program, now
):
    for role in (Role.COORDINATOR, Role.REVIEWER):
        grant(kaede, role, program)
    tells(seated(aoi), talked)
    desk = signed_in_as(kaede)
    assert above() not in page(desk, REVIEW)
    page(desk, above(), status=404)
    settle = f"{above()}settle/"
    assert desk.post(settle, {"outcome": "nothing"}).status_code == 404
    number = Item.objects.get().pk
    for address in ("", "claim/", "let-go/", "settle/"):
        assert desk.post(f"/moderation/items/{number}/{address}").status_code in (404, 405)
    assert Item.objects.get().state == ItemState.NEW
    # Nobody else could: the readiness page says so, and the report waits for them.
    assert _other_judge(program, now) is False
    reviewer = make_staff("yomu")
    grant(reviewer, Role.REVIEWER, program)
    assert _other_judge(program, now) is True
    judge = signed_in_as(reviewer)
    assert HURT in page(judge, above())
    assert judge.post(settle, {"outcome": "nothing"}).status_code == 303
    assert Item.objects.get().state == ItemState.DONE


def _other_judge(program, now) -> bool:
    (found,) = [r.ok for r in readiness.readiness(program.pk, now) if r.code == "other_judge"]
    return found


def test_the_peers_desk_and_other_counselors_see_nothing(talked, aoi, ren):
    other = make_staff("sumire", display_name="すみれ")
    grant(other, Role.COUNSELOR)
    pages = [(signed_in_as(ren), "/moderation/"), (signed_in_as(other), "/counseling/desk/")]
    before = [without_tokens(page(desk, address)) for desk, address in pages]
    tells(seated(aoi), talked, note=NEED)
    assert [without_tokens(page(desk, address)) for desk, address in pages] == before
    for desk, _ in pages:
        assert desk.get(above()).status_code in (403, 404)
        page(desk, f"/moderation/items/{Item.objects.get(kind='report').pk}/", status=404)


# --- words of need in the note --------------------------------------------------------------------


def test_words_of_need_in_the_note_call_coordinators_and_never_the_counselor(
    talked, aoi, kaede, mori, program, now, settings
):
    settings.CAN_MAIL = True
    for one in (kaede, mori):
        Staff.objects.filter(pk=one.pk).update(email=f"{one.username}@example.com")
    grant(kaede, Role.COORDINATOR, program)
    talk.say(seen_by(aoi), code=talked.code, text="もう消えてしまいたい", nonce=uuid4(), now=now)
    Finding.objects.exclude(message=None).get()
    browser = seated(aoi)
    tells(browser, talked, note=NEED)
    # Two cards: of the talk, and of the note, which says who is called.
    card = Letter.objects.filter(participant=aoi, kind="care").order_by("pk").last()
    assert card is not None and "コーディネーターや、べつの立場で" in card.text
    item = Item.objects.get(kind=ItemKind.CRISIS.value)
    assert item.about_staff == kaede
    for minutes in range(0, 12, 2):
        climb(now=now + timedelta(minutes=minutes))
    called = AlarmStep.objects.filter(item=item).exclude(channel="")
    assert {one.staff for one in called} == {mori}
    # Of what was written in the talk nothing stands beside it.
    shown = page(signed_in_as(mori), above(ItemKind.CRISIS))
    assert NEED in shown
    assert "消えてしまいたい" not in shown
    assert shown.count("いのち</span>") == 1
    # What was written in the talk itself still calls its counselor.
    assert [need.counselor for need in alarms.needs(now=now)] == [kaede.pk]
