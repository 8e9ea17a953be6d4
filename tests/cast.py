"""The cast of every permission test, and a room that is open.

aoi (participant) · haha (a mother asking about her son) · yoso (outsider: must see nothing) ·
ren (peer supporter on duty) · mori (coordinator) · kaede (counselor): these hold their roles in
`program`.
"""

import secrets
from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client

from accounts.models import Participant, RoleGrant, RoleRoom, Staff
from accounts.proofs import SESSION_PROOFS
from accounts.queries import grants_of
from accounts.states import Role
from accounts.viewer import Viewer
from chat.models import Opening, Room
from duty.models import Attendance, Shift
from duty.states import ShiftState
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


def grant(
    staff: Staff,
    role: Role,
    program: Program | None = None,
    *,
    rooms: tuple[int, ...] = (),
    **columns: object,
) -> RoleGrant:
    """Give a role; an admin's is of no program, and every other one of `program` by default."""
    of = None if role is Role.ADMIN else program or make_program()
    made = RoleGrant.objects.create(
        staff=staff, role=role, program=of, granted_at=clock.now(), **columns
    )
    RoleRoom.objects.bulk_create(RoleRoom(grant=made, room=room) for room in rooms)
    return made


def signed_in_as(staff: Staff, *, verified: bool = True) -> Client:
    """A browser as django-allauth leaves it: password, then (if verified) a code."""
    client = Client()
    client.force_login(staff)
    session, at = client.session, clock.now().timestamp()
    session[SESSION_PROOFS] = [{"method": "password", "at": at, "username": staff.username}]
    if verified:
        session[SESSION_PROOFS] += [{"method": "mfa", "at": at, "type": "totp", "id": 1}]
    session[f"{SESSION_PROOFS}_user"] = str(staff.pk)
    session.save()
    return client


def long_proven(client: Client) -> Client:
    """The same browser ten minutes after its member of staff last said who they are."""
    return _proven(client, clock.now().timestamp() - 600)


def just_proven(client: Client) -> Client:
    """The same browser just after its member of staff said who they are."""
    return _proven(client, clock.now().timestamp())


def _proven(client: Client, at: float) -> Client:
    session = client.session
    for proof in session.get(SESSION_PROOFS, []):
        proof["at"] = at
    session.save()
    return client


def staff_viewer(staff: Staff, *, verified: bool = True) -> Viewer:
    """The viewer that this member of staff is just now."""
    return Viewer(staff=staff.pk, grants=grants_of(staff.pk, now=clock.now()), verified=verified)


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
            defaults={
                "starts_at": at - timedelta(days=1),
                "ends_at": at + timedelta(days=days),
                "state": ShiftState.BEGUN,
                "begun_at": at - timedelta(days=1),
                "changed_at": at,
            },
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
    made = make_staff("ren", display_name="れん")
    grant(made, Role.SUPPORTER)
    return made


@pytest.fixture
def mori(db: None) -> Staff:
    made = make_staff("mori", display_name="もり")
    grant(made, Role.COORDINATOR)
    return made


@pytest.fixture
def kaede(db: None) -> Staff:
    made = make_staff("kaede", display_name="かえで")
    grant(made, Role.COUNSELOR)
    return made


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


@pytest.fixture
def room(db: None, ren: Staff) -> Room:
    """Open at any hour: its hours are the whole week, and ren and a second supporter attend."""
    made = make_room()
    attend(made, ren, make_staff("nao", display_name="なお"))
    return made
