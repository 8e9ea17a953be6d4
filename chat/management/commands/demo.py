"""`manage.py demo`: fill an empty house with demo data. Refused in production.

`manage.py demo --code NAME` says the six digits that NAME's authenticator app would show now.
"""

import secrets
import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import demo_staff
from accounts.models import Participant, Staff
from chat import demo_keeper, demo_rota
from chat.actions import rooms
from chat.actions.seats import MARKS
from chat.models import Message, Opening, Room, Seat
from chat.repeats import body_key
from chat.states import STAMPS
from foundation import clock
from programs.models import Agency, Municipality, Place, Program

DATA = Path(__file__).resolve().parents[2] / "data" / "demo.toml"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Command(BaseCommand):
    """Safe to run again: a house that has rooms is left alone."""

    help = "Fill demo data: two programs, their staff, a dozen rooms, an evening's talk."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--code NAME`."""
        parser.add_argument("--code", metavar="NAME", help="the code of a demo account just now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill it, unless something is there."""
        if not settings.DEMO:
            raise CommandError("Demo data is refused when IBASHO_ENV=production.")
        now = clock.now()
        if options["code"]:
            code = demo_staff.code_of(options["code"], now=now)
            if code is None:
                raise CommandError("demo.json knows no such sign-in.")
            self.stdout.write(code)
            return
        try:
            self._fill_what_is_missing(now)
        except demo_staff.RealAccount as real:
            raise CommandError(f"{real}. Nothing was changed.") from None
        demo_keeper.renew(now=now)
        rooms.bring_up_to_date(now=now)
        self.stdout.write(f"rooms: {Room.objects.count()}")

    @staticmethod
    def _fill_what_is_missing(now: datetime) -> None:
        if not Room.objects.exists():
            data = tomllib.loads(DATA.read_text(encoding="utf-8"))
            with transaction.atomic():
                _fill(data, now)
        programs = Program.objects.filter(is_demo=True).order_by("pk").values_list("pk", "slug")
        demo_staff.fill(list(programs), now=now)


def _fill(data: dict[str, Any], now: datetime) -> None:
    programs = {
        one["slug"]: Program.objects.create(is_demo=True, **one) for one in data["programs"]
    }
    demo_staff.fill([(one.pk, slug) for slug, one in programs.items()], now=now)
    names = {one.username: one for one in Staff.objects.filter(is_demo=True)}
    staff = [names[name] for name in data["talking"]]
    for position, one in enumerate(data["rooms"]):
        room = Room.objects.create(
            program=programs[one["program"]],
            position=position,
            epoch=secrets.token_hex(4),
            stamps=list(STAMPS),
            hand=one.get("hand", "none"),
            **{key: one[key] for key in ("slug", "name", "kind", "about")},
        )
        for line in one["hours"]:
            _open(room, line)
    for program in programs.values():
        demo_rota.fill(program.pk, now=now)
    _places(data, programs, now)
    for talk in data["talk"]:
        _talk(Room.objects.get(slug=talk["room"]), talk["lines"], staff, now)


def _places(data: dict[str, Any], programs: dict[str, Program], now: datetime) -> None:
    """Where one could go. Left out where the municipalities haven't been loaded."""
    there = set(Municipality.objects.values_list("pk", flat=True))
    told = {"source": "見本", "verified_on": clock.jst_day(now), "changed_at": now}
    for model, rows in ((Agency, data["agencies"]), (Place, data["places"])):
        for one in rows:
            row = {**one, **told, "program": programs[one["program"]]}
            town = row.pop("municipality")
            if town in there:
                model.objects.create(municipality_id=town, **row)


def _open(room: Room, line: str) -> None:
    days, _, hours = line.partition(" ")
    opens, closes = (time.fromisoformat(part) for part in hours.split("-"))
    for day in DAYS if days == "all" else [days]:
        Opening.objects.create(room=room, weekday=DAYS.index(day), opens=opens, closes=closes)


def _talk(room: Room, lines: list[Any], staff: list[Staff], now: datetime) -> None:
    seats: dict[str, Seat] = {}
    for seq, (minutes, who, text) in enumerate(lines, start=1):
        seat = seats.get(who) or _seat(room, who, staff, now, taken=len(seats))
        seats[who] = seat
        at = now - timedelta(minutes=minutes)
        Message.objects.create(
            room=room, seat=seat, handle=seat.handle, seq=seq, nonce=uuid4(),
            body_key=body_key(text, ""), text=text,
            state="shown", at=at, stamps={"わかる": 2} if seq % 4 == 3 else {},
        )  # fmt: skip
    Room.objects.filter(pk=room.pk).update(head=len(lines))


def _seat(room: Room, who: str, staff: list[Staff], now: datetime, *, taken: int) -> Seat:
    mark = MARKS[taken % len(MARKS)]
    key = secrets.token_urlsafe(8)[:11]
    if who.startswith("supporter:"):
        person = staff[int(who.rpartition(":")[2])]
        return Seat.objects.create(
            room=room, staff=person, key=key, handle=person.display_name, mark=mark,
            role="supporter",
        )  # fmt: skip
    someone = Participant.objects.create(handle=who, entered_at=now, seen_at=now)
    return Seat.objects.create(room=room, participant=someone, key=key, handle=who, mark=mark)
