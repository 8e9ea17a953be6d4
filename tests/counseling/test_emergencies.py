"""Danger to life: by two, or alone when nobody answers; to three recipients; all of it seen."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Letter
from accounts.states import Role
from audit.models import AuditEntry
from counseling import belongings
from counseling.actions import emergencies, vault
from counseling.danger import MOVES, RECIPIENTS, EmergencyState, Finding, Ground, Recipient
from counseling.models import ContactOpening, Emergency
from counseling.states import Detail, Relation
from duty.models import Call
from foundation.refusals import Refused
from tests.at_once import at_once
from tests.cast import grant, make_program, make_staff, seen_by, signed_in_as, staff_viewer
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks, taken
from tests.house.tree import ROOT

NUMBER = "090-8888-7777"
SEEN = "くすりをのんだ、と書いたあと、返事がない"


@pytest.fixture
def case(aoi, kaede, program, now):
    made = taken(asks(aoi, program, now=now), kaede, now=now)
    vault.deposit(
        seen_by(aoi), code=made.code, kind=Detail.TELEPHONE, text=NUMBER, nonce=uuid4(), now=now
    )
    return made


@pytest.fixture
def begun(case, kaede, mori, now):
    return begin(kaede, case, now=now)


def begin(who, case, *, now, ground=Ground.DYING, recipient=Recipient.FIRE, seen=SEEN):
    return emergencies.begin(
        staff_viewer(who), code=case.code, ground=ground, recipient=recipient, seen=seen, now=now
    )


def do(deed, who, row, *, now, **more):
    return deed(staff_viewer(who), number=row.pk, now=now, **more)


def tell(who, row, *, now, kinds=(Detail.TELEPHONE,)):
    more = {"taker": "119 指令", "kinds": kinds, "words": "名前は知らない"}
    do(emergencies.told, who, row, now=now, **more)


def state(row):
    row.refresh_from_db()
    return row.state


# --- by two --------------------------------------------------------------------------------------


def test_nothing_opens_before_a_second_said_yes_and_then_for_the_first_alone(
    begun, kaede, mori, now
):
    with pytest.raises(Refused, match="not_allowed_yet"):
        do(emergencies.open_details, kaede, begun, now=now)
    assert not ContactOpening.objects.exists()
    do(emergencies.agree, mori, begun, now=now)
    with pytest.raises(Refused, match="not_found"):
        do(emergencies.open_details, mori, begun, now=now)
    (opened,) = do(emergencies.open_details, kaede, begun, now=now)
    assert opened.text == NUMBER
    assert ContactOpening.objects.get().staff == kaede
    with pytest.raises(Refused, match="not_allowed_yet"):
        do(emergencies.open_details, kaede, begun, now=now + timedelta(hours=25))


def test_nobody_is_their_own_second(begun, kaede, now):
    with pytest.raises(Refused, match="not_the_first"):
        do(emergencies.agree, kaede, begun, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.update(second=kaede)


def test_a_no_opens_nothing_and_whoever_is_asked_later_sees_it(begun, case, kaede, mori, now):
    do(emergencies.decline, mori, begun, now=now)
    for at in (now, now + timedelta(minutes=6)):
        with pytest.raises(Refused):
            do(emergencies.open_details, kaede, begun, now=at)
        with pytest.raises(Refused, match="moved_on"):
            do(emergencies.go_alone, kaede, begun, now=now + timedelta(minutes=6))
    again = begin(kaede, case, now=now)
    shown = page(signed_in_as(mori), f"/counseling/desk/emergencies/{again.pk}/")
    assert "まえに「伝えない」と返事がありました" in shown


def test_what_was_given_to_whom_stands_with_the_person_and_in_the_log(
    begun, case, aoi, kaede, mori, now
):
    do(emergencies.agree, mori, begun, now=now)
    with pytest.raises(Refused, match="not_opened"):
        tell(kaede, begun, now=now)
    do(emergencies.open_details, kaede, begun, now=now)
    assert belongings.shown(aoi.pk)["emergencies"] == []
    tell(kaede, begun, now=now)
    (kept,) = belongings.shown(aoi.pk)["emergencies"]
    assert (kept["recipient"], kept["by_two"], kept["kinds"]) == ("fire", True, ["telephone"])
    assert Letter.objects.filter(participant=aoi, title="あなたのことを、伝えました").count() == 1
    own = page(seated(aoi), f"/counseling/mine/{case.code}/")
    for words in ("消防・救急", SEEN, "電話番号", "スタッフふたりで決めました"):
        assert words in own
    assert "いのちの危険のときに" in str(belongings.stays(aoi.pk))
    lines = AuditEntry.objects.filter(verb__startswith="counseling.emergency")
    assert [line.verb.split("_")[1] for line in lines.order_by("pk")] == [
        "ask", "agree", "open", "tell",
    ]  # fmt: skip
    assert NUMBER not in repr(list(lines.values()))
    assert SEEN not in repr(list(lines.values()))


def test_the_record_holds_no_detail_itself(case, kaede, mori, now):
    with pytest.raises(Refused, match="contact"):
        begin(kaede, case, now=now, seen=f"番号は{NUMBER}")


# --- to whom -------------------------------------------------------------------------------------


def test_the_office_for_children_hears_of_children_only_and_never_from_one_alone(
    case, kaede, mori, now
):
    with pytest.raises(Refused, match="no_recipient"):
        begin(kaede, case, now=now, recipient=Recipient.CHILD_OFFICE)
    row = begin(kaede, case, now=now, ground=Ground.CHILD, recipient=Recipient.CHILD_OFFICE)
    with pytest.raises(Refused, match="two_for_the_office"):
        do(emergencies.go_alone, kaede, row, now=now + timedelta(hours=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.update(state="alone", alone_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.update(recipient="family")


# --- alone ---------------------------------------------------------------------------------------


def test_alone_after_five_minutes_and_not_before_alarmed_and_reviewed_by_another(
    begun, kaede, mori, now
):
    with pytest.raises(Refused, match="wait_for_second"):
        do(emergencies.go_alone, kaede, begun, now=now + timedelta(minutes=4, seconds=59))
    at = now + timedelta(minutes=5)
    do(emergencies.go_alone, kaede, begun, now=at)
    assert Call.objects.get(about=f"emergency_alone:{begun.pk}").staff == mori
    (opened,) = do(emergencies.open_details, kaede, begun, now=at)
    assert opened.text == NUMBER
    tell(kaede, begun, now=at)
    grant(kaede, Role.COORDINATOR)
    said = {"finding": Finding.RIGHT, "words": "あぶなかった"}
    with pytest.raises(Refused, match="not_the_first"):
        do(emergencies.review, kaede, begun, now=at, **said)
    do(emergencies.review, mori, begun, now=at, **said)
    with pytest.raises(Refused, match="moved_on"):
        do(emergencies.review, mori, begun, now=at, **said)
    begun.refresh_from_db()
    assert (begun.state, begun.finding, begun.reviewed_by) == ("told", "right", mori)


@pytest.mark.parametrize("reviewed", [True, False])
def test_what_nobody_reviewed_in_72_hours_calls_the_coordinators_once(
    begun, kaede, mori, reviewed, now
):
    at = now + timedelta(minutes=5)
    do(emergencies.go_alone, kaede, begun, now=at)
    # Called off it is reviewed all the same.
    do(emergencies.withdraw, kaede, begun, now=at)
    if reviewed:
        do(emergencies.review, mori, begun, now=at, finding=Finding.RIGHT, words="よかった")
    late = at + timedelta(hours=72, seconds=1)
    assert emergencies.alarm(now=at + timedelta(hours=71)) == 0
    assert [emergencies.alarm(now=late), emergencies.alarm(now=late)] == [0 if reviewed else 1, 0]
    called = Call.objects.filter(about=f"emergency_review:{begun.pk}")
    assert [one.staff for one in called] == ([] if reviewed else [mori])


# --- who -----------------------------------------------------------------------------------------


def test_the_first_is_the_case_s_own_counselor_or_a_coordinator_and_strangers_find_nothing(
    case, kaede, mori, ren, now
):
    colleague, elsewhere = make_staff("hoka"), make_staff("kochi")
    grant(colleague, Role.COUNSELOR)
    grant(elsewhere, Role.COORDINATOR, make_program("kochi"))
    for stranger in (colleague, ren, elsewhere):
        with pytest.raises(Refused, match="not_found"):
            begin(stranger, case, now=now)
    row = begin(mori, case, now=now)
    with pytest.raises(Refused, match="begun_already"):
        begin(kaede, case, now=now)
    for stranger in (ren, elsewhere):
        with pytest.raises(Refused, match="not_found"):
            do(emergencies.agree, stranger, row, now=now)
    do(emergencies.agree, colleague, row, now=now)
    assert state(row) == "agreed"
    # It no longer waits, and isn't kaede's.
    with pytest.raises(Refused, match="not_found"):
        do(emergencies.withdraw, kaede, row, now=now)


def test_two_rows_never_go_on_for_one_case(begun, case, kaede, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.create(
            case=case, ground="dying", recipient="fire", seen=SEEN, asked_by=kaede, asked_at=now
        )


def test_told_by_neither_two_nor_one_alone_can_t_be_stored(begun, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.update(state="told", told_at=now, taker="119")
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.update(opened_at=now)


@pytest.mark.parametrize(
    ("ground", "relation", "held"),
    [
        (Ground.CHILD, Relation.FAMILY, True), (Ground.THREATENED, Relation.SUPPORTER, True),
        (Ground.OTHERS, Relation.FAMILY, True), (Ground.DYING, Relation.FAMILY, False),
        (Ground.THREATENED, Relation.SELF, False),
    ],
)  # fmt: skip
def test_whoever_may_be_the_danger_learns_of_it_once_a_coordinator_released_it(
    haha, kaede, mori, program, now, ground, relation, held
):
    case = taken(asks(haha, program, now=now, relation=relation), kaede, now=now)
    row = begin(kaede, case, now=now, ground=ground, recipient=Recipient.POLICE)
    do(emergencies.agree, mori, row, now=now)
    do(emergencies.open_details, kaede, row, now=now)
    browser, own = seated(haha), f"/counseling/mine/{case.code}/"

    def knows():
        kept = belongings.shown(haha.pk)
        shown = page(browser, own)
        return [
            bool(kept["emergencies"]), bool(kept["openings"]), SEEN in shown,
            "(緊急)" in shown, "いのちの危険" in str(belongings.stays(haha.pk)),
            haha.letters.filter(title="あなたのことを、伝えました").exists(),
        ]  # fmt: skip

    if held:
        assert knows() == [False] * 6
    tell(kaede, row, now=now, kinds=())
    assert knows() == [not held] * 6
    if not held:
        with pytest.raises(Refused, match="moved_on"):
            do(emergencies.release, mori, row, now=now)
        return
    with pytest.raises(Refused, match="not_found"):
        do(emergencies.release, kaede, row, now=now)
    one = f"/counseling/desk/emergencies/{row.pk}/"
    assert "もう知らせてよい" not in page(signed_in_as(kaede), one)
    assert "もう知らせてよい" in page(signed_in_as(mori), one)
    assert signed_in_as(mori).post(f"{one}release/").status_code == 303
    assert knows() == [True] * 6


# --- at once -------------------------------------------------------------------------------------


def ends(told):
    """What became of each, sorted: done, or why not."""
    return sorted(one.code if isinstance(one, Refused) else "done" for one in told)


@pytest.mark.django_db(transaction=True)
def test_of_two_seconds_at_once_one_is_the_second(begun, mori, now):
    kiku = make_staff("kiku")
    grant(kiku, Role.COORDINATOR)
    first, other = staff_viewer(mori), staff_viewer(kiku)
    told = at_once(
        lambda: emergencies.agree(first, number=begun.pk, now=now),
        lambda: emergencies.decline(other, number=begun.pk, now=now),
    )
    assert ends(told) == ["done", "moved_on"]
    assert (state(begun), begun.second) in [("agreed", mori), ("declined", kiku)]
    answers = AuditEntry.objects.filter(
        verb__in=["counseling.emergency_agree", "counseling.emergency_decline"]
    )
    assert answers.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_in_the_last_moment_and_one_who_goes_alone_never_both(begun, kaede, mori, now):
    at = now + timedelta(minutes=5)
    first, second = staff_viewer(kaede), staff_viewer(mori)
    told = at_once(
        lambda: emergencies.go_alone(first, number=begun.pk, now=at),
        lambda: emergencies.agree(second, number=begun.pk, now=at),
    )
    assert ends(told) == ["done", "moved_on"]
    assert (state(begun), begun.second, begun.alone_at) in [
        ("agreed", mori, None), ("alone", None, at),
    ]  # fmt: skip


# --- on the pages --------------------------------------------------------------------------------


def test_from_asking_to_telling_on_the_pages(case, kaede, mori, aoi):
    desk, second = signed_in_as(kaede), signed_in_as(mori)
    assert "/counseling/desk/emergencies/" in page(desk, f"/counseling/desk/{case.code}/")
    every = f"/counseling/desk/emergencies/?code={case.code}"
    assert f'value="{case.code}"' in page(desk, every)
    sent = {"code": case.code, "ground": "dying", "recipient": "child_office", "seen": SEEN}
    refused = desk.post("/counseling/desk/emergencies/", sent)
    assert refused.status_code == 422
    assert SEEN in refused.content.decode()
    begun = desk.post("/counseling/desk/emergencies/", {**sent, "recipient": "police"})
    assert begun.status_code == 303
    one = begun["Location"]
    assert "を過ぎても返事がなければ" in page(desk, one)
    assert "おなじ考えです" in page(second, one)
    assert second.post(f"{one}agree/").status_code == 303
    assert NUMBER not in page(desk, f"{one}open/")
    assert not ContactOpening.objects.exists()
    opened = desk.post(f"{one}open/")
    assert NUMBER in opened.content.decode()
    told = {"taker": "110 受付", "kind": ["telephone"], "told": "さいごに話した時刻"}
    assert desk.post(f"{one}told/", told).status_code == 303
    assert "110 受付" in page(second, one)
    assert NUMBER not in page(second, one)


def test_opening_asks_for_a_fresh_proof(begun, kaede, mori, now):
    do(emergencies.agree, mori, begun, now=now)
    desk = signed_in_as(kaede)
    session = desk.session
    session["account_authentication_methods"] = [
        {**one, "at": one["at"] - 360} for one in session["account_authentication_methods"]
    ]
    session.save()
    answer = desk.post(f"/counseling/desk/emergencies/{begun.pk}/open/")
    assert answer.status_code == 303
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not ContactOpening.objects.exists()


def test_the_slower_second_is_told_that_it_went_on(begun, mori, now):
    colleague = make_staff("hoka")
    grant(colleague, Role.COUNSELOR)
    do(emergencies.agree, mori, begun, now=now)
    late = signed_in_as(colleague).post(f"/counseling/desk/emergencies/{begun.pk}/agree/")
    assert late.status_code == 422
    assert "先へすすんでいます" in late.content.decode()


# --- the tables ----------------------------------------------------------------------------------


def test_the_printed_tables_are_the_ones_that_hold():
    printed = (ROOT / "docs" / "emergency.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \| `(\w+)` \| ([`\w, ]+) \|", printed, re.M))
    held = {
        (start.value, to.value, ", ".join(f"`{one.value}`" for one in sorted(by)))
        for (start, to), by in MOVES.items()
    }
    assert rows == held
    grounds = dict(re.findall(r"^\| `(\w+)` \| ([`\w, ]+) \|$", printed, re.M))
    assert grounds == {
        ground.value: ", ".join(f"`{one.value}`" for one in sorted(whom))
        for ground, whom in RECIPIENTS.items()
    }


def test_telling_follows_only_from_two_or_one_alone():
    assert {start for start, to in MOVES if to is EmergencyState.TOLD} == {
        EmergencyState.AGREED, EmergencyState.ALONE,
    }  # fmt: skip
