"""Real rows for every number that an address of the grid names beside what its lines are about.

Only a row that is there shows that a no is a policy's, and not that of an empty table.
"""

import re
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.test import Client

from accounts.models import Invitation, RoleGrant, Staff, StaffSession
from accounts.states import Role
from chat.models import Item, Room
from chat.states import ItemKind
from counseling.models import (
    Case,
    Crossing,
    DropIn,
    Gathering,
    HandOver,
    NextStep,
    Note,
    Occasion,
    OccasionImport,
    Visit,
    Visitor,
)
from counseling.needs import NEED
from counseling.states import VisitState
from duty.actions import alarms
from duty.channels import push
from duty.models import AlarmTest, Debrief, Handover, Notice, Pattern, Relief, Shift, Swap
from duty.states import NoticeKind
from foundation.clock import jst_day
from ledger.entries import Fact, enter
from ledger.states import Kind
from ledger.subjects import evidence_number
from moderation.actions.proposals import propose
from moderation.states import Reason as Why
from programs.models import AgencyImport, Municipality, Picture, Place
from reports.actions.offices import OfficeVisit, confirm_visit
from reports.models import Attendance, RecordImport, Site, Support, Training
from tests.cast import staff_viewer
from tests.duty.post_offices import Browser
from tests.house.everyone import UNASSIGNED

Named = dict[str, int | str]

# What is sent where a form without a word says nothing of whether its row is there.
SENT_WITH: dict[str, dict[str, str]] = {
    "act-on-room": {"deed": "slow", "seconds": "30", "minutes": "30"},
    "act-on-message": {"deed": "hide"},
    "act-on-person": {"deed": "mute", "minutes": "30"},
    "propose": {"deed": "site_bar", "reason": "safety", "note": "つづく"},
    "shift-attend": {"room": "{kept}"},
    "shift-leave-room": {"room": "{kept}"},
    "reports-baseline-withdraw": {"program": "hyogo", "reason": "mistyped"},
    "reports-site-withdraw": {"program": "hyogo", "reason": "mistyped"},
    "reports-presence": {"day": "1", "room": "{kept}"},
    "reports-attendance-withdraw": {"reason": "mistyped"},
    "reports-close-back": {"reason": "差しもどします"},
    "reports-office-withdraw": {"program": "hyogo", "reason": "mistyped"},
    "reports-support-withdraw": {"program": "hyogo", "reason": "mistyped"},
}


class Nothing(dict):
    """What an address may name, of which nothing is there."""

    def __missing__(self, name: str) -> int:
        return 987654321


def sent(client: Client, name: str, address: str, things: Named) -> tuple[int, str, str]:
    """What a form brings about there, without what is new on every page; taken back after it."""
    with transaction.atomic():
        words = {key: one.format(**things) for key, one in SENT_WITH.get(name, {}).items()}
        answer = client.post(address, words)
        transaction.set_rollback(True)
    said = re.sub(r'value="[^"]{32,}"', "", answer.content.decode())
    return answer.status_code, answer.get("Location", ""), said


def named_rows(things: Named, room: Room, cast: dict[str, Staff], now: datetime) -> Named:
    """All of them, by the name that they have in an address."""
    return (
        _of_accounts(room, cast, now)
        | _of_duty(room, cast, now)
        | _of_the_desk(things, cast, now)
        | _of_counseling(things, room, cast, now)
        | _of_the_office(things, now)
        | _of_reports(things, room, cast, now)
    )


def _of_accounts(room: Room, cast: dict[str, Staff], now: datetime) -> Named:
    invited = Invitation.objects.create(
        key="0" * 64, role=Role.ANALYST, program=room.program, invited_at=now,
        invited_by=cast["coordinator"], expires_at=now + timedelta(days=7),
    )  # fmt: skip
    session = StaffSession.objects.create(
        staff=cast["coordinator"], session_key="another", began_at=now
    )
    given = RoleGrant.objects.get(staff=cast["supporter"])
    return {"invited": invited.pk, "session": session.pk, "given": given.pk}


def _of_duty(room: Room, cast: dict[str, Staff], now: datetime) -> Named:
    ren, program = cast["supporter"], room.program
    shift = ren.shifts.get()
    nao = Staff.objects.get(username="nao")
    other = nao.shifts.get()
    handover = Handover.objects.create(program=program, author=nao, text="しずかでした", at=now)
    notice = Notice.objects.create(to=ren, kind=NoticeKind.PLANNED, shift=shift, at=now)
    later = Shift.objects.create(
        supporter=nao, program=program, starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=9, hours=2), changed_at=now,
    )  # fmt: skip
    swap = Swap.objects.create(shift=later, asked_at=now)
    swap.asked.add(ren)
    Swap.objects.create(shift=shift, asked_at=now).asked.add(nao)
    pattern = Pattern.objects.create(
        program=program, supporter=nao, weekday=2, begins=time(20), ends=time(22)
    )
    told = push.checked(Browser().told("https://push.example.org/send/abc"))
    alarms.add_push(staff_viewer(ren), told=told, now=now)
    return {
        "handover": handover.pk,
        "notice": notice.pk,
        "relief": Relief.objects.create(shift=other, rooms=[room.pk], asked_at=now).pk,
        "own_relief": Relief.objects.create(shift=shift, rooms=[room.pk], asked_at=now).pk,
        "swap": swap.pk,
        "debrief": Debrief.objects.create(shift=shift, author=ren, text="つかれた", at=now).pk,
        "pattern": pattern.pk,
        "test": AlarmTest.objects.create(
            program=program, asked_by=cast["coordinator"], asked_at=now
        ).pk,
        "browser": ren.push_addresses.get().pk,
    }


def _of_the_desk(things: Named, cast: dict[str, Staff], now: datetime) -> Named:
    seat = int(things["seat"])
    made = propose(
        staff_viewer(cast["coordinator"]), seat=seat, reason=Why.SAFETY, note="つづく", now=now
    )
    return {
        "proposed": Item.objects.get(subject=f"proposal:{made.pk}").pk,
        "murmured": Item.objects.get(kind=ItemKind.MURMUR).pk,
    }


def _of_counseling(things: Named, room: Room, cast: dict[str, Staff], now: datetime) -> Named:
    case, today = Case.objects.get(code=things["own"]), jst_day(now)
    kaede, taker = cast["counselor"], Staff.objects.get(username=UNASSIGNED)
    visits = Visit.objects.filter(pk=things["visit"])
    visits.update(state=VisitState.AGREED, agreed_at=now)
    Visitor.objects.create(visit=visits.get(), staff=cast["supporter"], agreed_at=now)
    # Long enough ago to have reached whoever is called.
    needed = now - timedelta(minutes=11)
    Crossing.objects.create(referral_id=things["onward"], what=NEED, mover="person", at=needed)
    place = Place.objects.get(pk=things["place"])
    starts = now + timedelta(days=5)
    return {
        "bringing": OccasionImport.objects.create(
            program=room.program, counselor=kaede, digest="0" * 64, at=now
        ).pk,
        "sitting": DropIn.objects.create(
            program=room.program, weekday=1, opens=time(10), closes=time(12)
        ).pk,
        "gathering": Gathering.objects.create(
            place=place, starts_at=starts, ends_at=starts + timedelta(hours=2)
        ).pk,
        "offered": HandOver.objects.create(case=case, giver=kaede, taker=taker, offered_at=now).pk,
        "note": Note.objects.create(case=case, author=kaede, text="しずかな人", at=now).pk,
        "step": NextStep.objects.create(
            case=case, text="手紙", due_on=today, made_by=kaede, at=now
        ).pk,
        "occasion": Occasion.objects.create(
            case=case, counselor=kaede, relation="self", channel="telephone", on=today, minutes=30,
            recorded_at=now,
        ).pk,
    }  # fmt: skip


def _of_the_office(things: Named, now: datetime) -> Named:
    place = Place.objects.get(pk=things["place"])
    laid = AgencyImport.objects.create(
        program_id=place.program_id, file_name="a.csv", at=now, staged_at=now
    )
    return {"laid": laid.pk, "photo": Picture.objects.get(place=place).pk}


def _of_reports(things: Named, room: Room, cast: dict[str, Staff], now: datetime) -> Named:
    program, town = room.program, Municipality.objects.get(code="282014")
    trainings = Training.objects.filter(pk=things["training"])
    # Presence is asked of days from the entry on.
    trainings.update(online=True, held_on=jst_day(now))
    training = trainings.get()
    coordinator = cast["coordinator"]
    visit = OfficeVisit(
        code="4711", on=date(2026, 6, 1), office="筑後", evidence="受付簿 12", first=True
    )
    came = confirm_visit(staff_viewer(coordinator), program=program.pk, visit=visit, now=now)
    taken = RecordImport.objects.create(
        digest="1" * 64, by=str(coordinator.pk), at=now, applied_at=now, rows=1
    )
    enter(
        Fact(
            program=program.slug, kind=Kind.CONSULTATION, occurred_on=date(2026, 6, 1),
            evidence=f"import:{taken.pk}:2",
        ),
        confirmed_by=coordinator.pk, now=now,
    )  # fmt: skip
    return {
        "taken": taken.pk,
        "office": evidence_number(program.slug, came.seq),
        "records": RecordImport.objects.create(
            digest="0" * 64, by=str(coordinator.pk), at=now, rows=0
        ).pk,
        "site": Site.objects.create(
            program=program, kind="window", municipality=town, name="窓口", evidence="要項",
            opened_on=date(2026, 4, 1), changed_at=now, opened_seq=training.seq,
        ).pk,
        "support": Support.objects.create(
            program=program, kind="network_meeting", on=date(2026, 6, 1), changed_at=now,
            seq=training.seq,
        ).pk,
        "attendance": Attendance.objects.create(
            training=training, subject="0" * 32, day=1, confirmed_by=coordinator.pk,
            confirmed_at=now, seq=training.seq,
        ).pk,
    }  # fmt: skip
