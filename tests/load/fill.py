"""Fills a house for a load: rooms `load-0` …, each with its members, who have all entered.

Run in the house's environment. Prints nothing; writes a session key a line, room by room.
"""

import argparse
import os
import secrets
from datetime import datetime, time, timedelta
from math import ceil
from pathlib import Path

import django


def fill(*, rooms: int, members: int, now: datetime) -> list[str]:
    """Make the rooms and their people; the session keys of all, room by room."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from accounts.models import Participant, RoleGrant, Staff
    from accounts.seats import SESSION_SINCE
    from accounts.viewer import SESSION_ACTIVE, SESSION_PARTICIPANT
    from chat.actions.rooms import bring_up_to_date
    from chat.actions.seats import MARKS
    from chat.models import Opening, Room, Seat
    from duty.models import Attendance, Shift
    from duty.watch import ROOMS_AT_ONCE
    from programs.models import Program

    program = Program.objects.order_by("pk").first()
    assert program is not None
    first = Room.objects.count()
    made = [
        Room.objects.create(
            slug=f"load-{number}", name=f"負荷{number}", kind="chat", program=program,
            position=first + number, stamps=["うん"], epoch=secrets.token_hex(4),
        )
        for number in range(rooms)
    ]  # fmt: skip
    Opening.objects.bulk_create(
        Opening(room=room, weekday=day, opens=time(0), closes=time(0))
        for room in made
        for day in range(7)
    )
    # Two for every two rooms: nobody counts in more.
    for number in range(2 * ceil(rooms / ROOMS_AT_ONCE)):
        person = Staff.objects.create(username=f"load-{number}", password="!")
        RoleGrant.objects.create(staff=person, role="supporter", program=program, granted_at=now)
        shift = Shift.objects.create(
            supporter=person, program=program, starts_at=now, ends_at=now + timedelta(hours=6),
            state="begun", begun_at=now, stretch_at=now, changed_at=now,
        )  # fmt: skip
        # Attending for as long as any run takes: a supporter's hand is not what is measured.
        theirs = made[number // 2 * ROOMS_AT_ONCE :][:ROOMS_AT_ONCE]
        Attendance.objects.bulk_create(
            Attendance(shift=shift, room=room.pk, acted_at=now + timedelta(hours=5))
            for room in theirs
        )
    # The rooms have heard how they stand: a house that has just been filled is at rest.
    bring_up_to_date(now=now)
    people = Participant.objects.bulk_create(
        Participant(handle=f"そら{number % 97}のひと", entered_at=now, seen_at=now)
        for number in range(rooms * members)
    )
    # Entered and seated once before, as most who come are.
    Seat.objects.bulk_create(
        Seat(
            room=made[number // members],
            participant=person,
            key=secrets.token_urlsafe(8)[:11],
            handle=person.handle,
            mark=MARKS[number % len(MARKS)],
        )
        for number, person in enumerate(people)
    )
    sessions = []
    for person in people:
        held = {
            SESSION_PARTICIPANT: person.pk,
            SESSION_SINCE: now.timestamp(),
            SESSION_ACTIVE: now.timestamp(),
        }
        sessions.append(
            Session(
                session_key=secrets.token_hex(16),
                session_data=SessionStore().encode(held),
                expire_date=now + timedelta(days=7),
            )
        )
    Session.objects.bulk_create(sessions)
    return [one.session_key for one in sessions]


def main() -> None:
    """Fill the house that the environment names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rooms", type=int, required=True)
    parser.add_argument("--members", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")
    django.setup()
    from foundation import clock

    keys = fill(rooms=asked.rooms, members=asked.members, now=clock.now())
    asked.out.write_text("\n".join(keys) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
