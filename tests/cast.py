"""The cast of every permission test, and a room that is open.

aoi (participant) · haha (a mother asking about her son) · yoso (outsider: must see nothing) ·
ren (peer supporter on duty) · mori (coordinator) · kaede (counselor).
"""

import secrets
from datetime import UTC, datetime, time, timedelta

import pytest

from accounts.models import Participant, Staff
from accounts.viewer import Viewer
from chat.models import Opening, Room
from duty.models import Attendance, Shift
from foundation import clock
from programs.models import Program

STAMPS = [
    "うん",
    "わかる",
    "おつかれ",
    "いっしょ",
    "ここにいるよ",
    "おやすみ",
    "ゆっくり",
    "ありがとう",
]


def make_participant(handle: str, *, now: datetime | None = None) -> Participant:
    """Someone who entered just now."""
    at = now or clock.now()
    return Participant.objects.create(handle=handle, entered_at=at, seen_at=at)


def make_staff(name: str, *, display_name: str = "") -> Staff:
    """A member of staff who can't sign in by password."""
    staff = Staff(username=name, display_name=display_name or name)
    staff.set_unusable_password()
    staff.save()
    return staff


def make_program(slug: str = "hyogo") -> Program:
    """The program of that slug."""
    program, _ = Program.objects.get_or_create(
        slug=slug, defaults={"name": "ひょうごの居場所", "prefecture_code": "28"}
    )
    return program


def attend(room: Room, *supporters: Staff, now: datetime | None = None, days: int = 1) -> None:
    """Put supporters on duty from yesterday for `days` more days, attending the room just now."""
    at = now or clock.now()
    for supporter in supporters:
        shift, _ = Shift.objects.get_or_create(
            supporter=supporter,
            program=room.program,
            defaults={"starts_at": at - timedelta(days=1), "ends_at": at + timedelta(days=days)},
        )
        Attendance.objects.update_or_create(shift=shift, room=room.pk, defaults={"acted_at": at})


def make_room(
    slug: str = "zatsudan",
    *,
    name: str = "雑談の部屋",
    kind: str = "chat",
    always: bool = True,
    **columns: object,
) -> Room:
    """A room, open by its hours at any time (`always`), with nobody attending yet."""
    room = Room.objects.create(
        slug=slug,
        name=name,
        kind=kind,
        program=make_program(),
        stamps=STAMPS,
        epoch=secrets.token_hex(6),
        **columns,
    )
    if always:
        Opening.objects.bulk_create(
            Opening(room=room, weekday=day, opens=time(0), closes=time(0)) for day in range(7)
        )
    return room


def seen_by(participant: Participant) -> Viewer:
    """The viewer that this participant is."""
    return Viewer(participant=participant.pk)


@pytest.fixture
def now() -> datetime:
    """The present instant, read once."""
    return datetime.now(UTC)


@pytest.fixture
def aoi(db: None) -> Participant:
    return make_participant("あおい")


@pytest.fixture
def haha(db: None) -> Participant:
    return make_participant("はは")


@pytest.fixture
def yoso(db: None) -> Participant:
    return make_participant("よそ")


@pytest.fixture
def ren(db: None) -> Staff:
    return make_staff("ren", display_name="れん")


@pytest.fixture
def mori(db: None) -> Staff:
    return make_staff("mori", display_name="もり")


@pytest.fixture
def kaede(db: None) -> Staff:
    return make_staff("kaede", display_name="かえで")


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


@pytest.fixture
def room(db: None, ren: Staff) -> Room:
    """Open at any hour: its hours are the whole week, and ren and a second supporter attend."""
    made = make_room()
    attend(made, ren, make_staff("nao", display_name="なお"))
    return made
