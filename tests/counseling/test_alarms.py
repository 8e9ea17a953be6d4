"""Words of need in a talk call the counselor's chain, until somebody answers; never the desk."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.states import Role
from audit.models import AuditEntry
from chat.items import Item
from chat.models import Finding
from counseling import queries
from counseling.actions import alarms, asking, cases, referrals, talk
from counseling.models import Case
from counseling.onward_forms import Edited
from counseling.states import Goal, Heading
from duty.actions import own
from duty.models import Call
from duty.rota import hour_of_week
from duty.states import Channel
from foundation.refusals import Refused
from tests.cast import grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.counseling.voices import asks

NEED = "もう死にたいです"


@pytest.fixture
def sora(db):
    made = make_staff("sora")
    grant(made, Role.COUNSELOR)
    return made


@pytest.fixture
def awake(kaede, sora, now):
    """Both said that they may be called at this hour and the next."""
    for one in (kaede, sora):
        own.choose_alerts(
            staff_viewer(one),
            channels=[Channel.EMAIL],
            hours={hour_of_week(now), hour_of_week(now + timedelta(hours=1))},
            now=now,
        )


def rung() -> list[str]:
    return list(Call.objects.order_by("pk").values_list("staff__username", flat=True))


def test_the_chain_is_climbed_one_after_the_other(case, awake, aoi, kaede, mori, now):
    talk.say(seen_by(aoi), code=case.code, text="しずかな夜です", nonce=uuid4(), now=now)
    assert alarms.climb(now=now) == 0
    talk.say(seen_by(aoi), code=case.code, text=NEED, nonce=uuid4(), now=now)
    assert Finding.objects.exists()
    assert not Item.objects.exists(), "the peers' desk must not learn of it"
    alarms.climb(now=now)
    alarms.climb(now=now)
    assert rung() == ["kaede"]
    alarms.climb(now=now + timedelta(minutes=5))
    assert rung() == ["kaede", "sora"]
    alarms.climb(now=now + timedelta(minutes=11))
    assert rung() == ["kaede", "sora", "mori"]


@pytest.mark.parametrize("end", ["answer", "seen"])
def test_an_answer_or_having_seen_it_ends_it(case, awake, aoi, kaede, now, end):
    talk.say(seen_by(aoi), code=case.code, text=NEED, nonce=uuid4(), now=now)
    desk, theirs = signed_in_as(kaede), f"/counseling/desk/{case.code}/"
    assert "まだ、だれも答えていません" in desk.get(theirs).content.decode()
    later, viewer = now + timedelta(minutes=1), staff_viewer(kaede)
    if end == "seen":
        assert desk.post(f"{theirs}seen/").status_code == 303
    else:
        talk.answer(viewer, code=case.code, text="よみました", nonce=uuid4(), now=later)
    assert alarms.climb(now=now + timedelta(minutes=20)) == 0
    assert "まだ、だれも答えていません" not in desk.get(theirs).content.decode()


def test_what_nobody_took_yet_calls_every_counselor(aoi, awake, program, kaede, now):
    asks(aoi, program, now=now, words=NEED)
    alarms.climb(now=now)
    assert sorted(rung()) == ["kaede", "sora"]


def test_whoever_said_nothing_of_this_hour_sleeps_but_for_the_coordinators(
    case, aoi, kaede, mori, now
):
    talk.say(seen_by(aoi), code=case.code, text=NEED, nonce=uuid4(), now=now)
    alarms.climb(now=now)
    assert rung() == []
    alarms.climb(now=now + timedelta(minutes=11))
    assert rung() == ["mori"]


def test_a_talk_has_no_holds(case, aoi, now):
    case.refresh_from_db()
    talk.say(seen_by(aoi), code=case.code, text="はじめまして", nonce=uuid4(), now=now)
    case.refresh_from_db()
    case.room.newcomers_held = case.room.premoderated = True
    case.room.save()
    talk.say(seen_by(aoi), code=case.code, text="つづき", nonce=uuid4(), now=now)
    assert set(case.room.messages.values_list("state", flat=True)) == {"shown"}


def test_a_counselor_says_on_a_page_how_they_are_called(case, aoi, kaede, program, now, settings):
    settings.CAN_MAIL = True
    theirs, alerts = signed_in_as(kaede), "/moderation/alerts/"
    link = f'href="{alerts}?program={program.slug}"'
    assert link in theirs.get("/counseling/desk/").content.decode()
    assert f'href="{alerts}"' in theirs.get("/accounts/").content.decode()
    page = theirs.get(alerts).content.decode()
    assert "相談では、うけもつ相談員" in page and "/moderation/rota/" not in page
    told = theirs.post(f"{alerts}mail/", {"mail": "kaede@example.org", "program": program.slug})
    chosen = theirs.post(alerts, {"first": "email", "hour": str(hour_of_week(now))})
    assert (told.status_code, chosen.status_code) == (303, 303)
    noted = AuditEntry.objects.get(verb="duty.alerts_chosen")
    assert (noted.actor, noted.role) == (kaede.pk, "counselor")
    talk.say(seen_by(aoi), code=case.code, text=NEED, nonce=uuid4(), now=now)
    alarms.climb(now=now)
    assert [(one.staff, one.channel) for one in Call.objects.all()] == [(kaede, "email")]


def waiting(aoi, program, now):
    """aoi asked, quietly; nobody took it yet."""
    return asks(aoi, program, now=now, words="しずかな夜です")


def test_words_of_need_in_a_talk_nobody_has_taken_call_every_counselor(aoi, awake, program, now):
    case = waiting(aoi, program, now)
    talk.say(seen_by(aoi), code=case.code, text=NEED, nonce=uuid4(), now=now)
    alarms.climb(now=now)
    assert sorted(rung()) == ["kaede", "sora"]


@pytest.mark.parametrize("end", [None, "answer", "seen"])
def test_need_in_a_second_asking_calls_who_has_the_case(case, awake, aoi, program, kaede, now, end):
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    assert asks(aoi, program, now=now, words=NEED).pk == case.pk
    at, viewer = now + timedelta(seconds=30), staff_viewer(kaede)
    desk = signed_in_as(kaede).get(f"/counseling/desk/{case.code}/").content.decode()
    assert "まだ、だれも答えていません" in desk
    if end == "answer":
        talk.answer(viewer, code=case.code, text="よみました", nonce=uuid4(), now=at)
    elif end == "seen":
        alarms.seen(viewer, code=case.code, now=at)
    alarms.climb(now=at)
    assert rung() == ([] if end else ["kaede"])


@pytest.mark.parametrize("stands", [True, False])
def test_need_in_an_asking_that_is_refused_brings_the_card_and_calls(
    aoi, awake, program, now, stands
):
    if stands:
        waiting(aoi, program, now)
    for _ in range(2):
        with pytest.raises(Refused, match="contact"):
            asks(aoi, program, now=now, words=f"{NEED} 090-1234-5678")
    alarms.climb(now=now)
    assert sorted(rung()) == ["kaede", "sora"]
    assert aoi.letters.filter(kind="care").count() == 1
    case = Case.objects.get()
    assert not case.askings.filter(words__contains="1234").exists()
    if not stands:  # without the number it is taken up in the same case
        assert asks(aoi, program, now=now, words="話したいです").pk == case.pk


def test_need_in_an_asking_while_another_stands_calls(case, awake, aoi, program, now):
    with pytest.raises(Refused, match="asked_already"):
        asks(aoi, program, now=now, words=NEED)
    alarms.climb(now=now)
    assert rung() == ["kaede"]
    assert aoi.letters.filter(kind="care").exists()


def test_a_refused_asking_without_need_calls_nobody(aoi, awake, program, now):
    with pytest.raises(Refused, match="contact"):
        asks(aoi, program, now=now, words="090-1234-5678")
    assert (alarms.climb(now=now), Case.objects.count()) == (0, 0)


def test_need_in_a_packet_with_a_number_in_it_calls(case, awake, aoi, kaede, now):
    made = referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.AGENCY, typed={}, now=now
    )
    edited = Edited(lines={}, added={Heading.SELF: f"{NEED} 090-1234-5678"})
    for _ in range(2):
        with pytest.raises(Refused, match="contact"):
            referrals.edit(seen_by(aoi), code=case.code, referral=made.pk, edited=edited, now=now)
    alarms.climb(now=now)
    assert rung() == ["kaede"]
    assert aoi.letters.filter(kind="care").count() == 1
    made.refresh_from_db()
    assert "1234" not in str(made.draft)


def test_need_that_was_refused_stands_at_the_desk_though_the_counselor_wrote_last(
    case, aoi, kaede, now
):
    talk.say(seen_by(aoi), code=case.code, text="こんばんは", nonce=uuid4(), now=now)
    talk.answer(staff_viewer(kaede), code=case.code, text="よみました", nonce=uuid4(), now=now)
    later = now + timedelta(minutes=1)
    words = f"{NEED} 090-1234-5678"
    with pytest.raises(Refused, match="contact"):
        talk.say(seen_by(aoi), code=case.code, text=words, nonce=uuid4(), now=later)
    (row,) = queries.own_desk(staff_viewer(kaede), program=case.program_id)
    assert row.in_need and row.urgency == "today"
    assert queries.opened(staff_viewer(kaede), code=case.code).in_need
    talk.answer(
        staff_viewer(kaede), code=case.code, text="ここにいます", nonce=uuid4(),
        now=later + timedelta(minutes=1),
    )  # fmt: skip
    (row,) = queries.own_desk(staff_viewer(kaede), program=case.program_id)
    assert not row.in_need


def test_need_in_a_packet_of_a_closed_case_calls_its_counselor(case, awake, aoi, kaede, now):
    made = referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.AGENCY, typed={}, now=now
    )
    cases.close(staff_viewer(kaede), code=case.code, now=now)
    later = now + timedelta(minutes=1)
    edited = Edited(lines={}, added={Heading.SELF: NEED})
    with pytest.raises(Refused, match="case_closed"):
        referrals.edit(seen_by(aoi), code=case.code, referral=made.pk, edited=edited, now=later)
    assert [need.counselor for need in alarms.needs(now=later)] == [kaede.pk]
    alarms.climb(now=later)
    assert rung() == ["kaede"]
    (row,) = queries.own_desk(staff_viewer(kaede), program=case.program_id)
    assert row.in_need
    assert aoi.letters.filter(kind="care").count() == 1


def mailed(settings, *people) -> None:
    settings.CAN_MAIL = True
    for one in people:
        type(one).objects.filter(pk=one.pk).update(email=f"{one.username}@example.com")


def test_the_card_in_a_talk_names_who_is_called(case, awake, aoi, kaede, now, settings):
    mailed(settings, kaede)
    talk.say(seen_by(aoi), code=case.code, text=NEED, nonce=uuid4(), now=now)
    card = aoi.letters.get(kind="care").text
    assert "相談員をよんでいます" in card
    assert "支援者" not in card, "the peers are never told"


def test_what_a_talk_refused_is_kept_nowhere(case, aoi, now):
    canary = "山田花子、青空町8丁目"
    for minute, words in enumerate([canary, canary, f"{canary} {NEED}"]):
        with pytest.raises(Refused, match="contact"):
            talk.say(
                seen_by(aoi), code=case.code, text=f"{words} 090-1234-5678", nonce=uuid4(),
                now=now + timedelta(minutes=minute),
            )  # fmt: skip
    assert Finding.objects.filter(room=case.room).count() == 2
    assert not Finding.objects.exclude(words="").exists()
