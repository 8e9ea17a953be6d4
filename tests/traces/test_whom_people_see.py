"""People see a role, and by name whom they sat with or asked to come: never anybody's account."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Participant, Staff
from accounts.states import Role
from chat import protocol as p
from chat.actions import seats
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.arrivals import Knock, LetIn
from chat.models import Murmur, Room
from chat.policies import FREE
from counseling.actions import (
    asking,
    bridges,
    cases,
    emergencies,
    hand_over,
    meetings,
    referrals,
    talk,
    vault,
    visits,
)
from counseling.bridge import Tells
from counseling.danger import Ground, Recipient
from counseling.models import Case
from counseling.states import Channel, Detail, DoorRule, Goal, Heading, Relation
from foundation import clock
from moderation.actions.appeals import appeal, judge
from moderation.actions.messages import act_on_message
from moderation.actions.murmurs import reply
from moderation.actions.people import act_on_person, say
from moderation.actions.proposals import confirm, propose
from moderation.actions.undo import undo
from moderation.states import ActKind, Reason
from tests.cast import attend, grant, make_participant, make_room, make_staff
from tests.cast import seen_by as of
from tests.cast import staff_viewer as by
from tests.chat.deeds import arrive, do, post, rest, seat_of, wire
from tests.counseling.across import SAID, accept, agree, send
from tests.counseling.both import reach, yes
from tests.counseling.places import make_agency
from tests.counseling.test_pages import seated
from tests.counseling.voices import asks, taken
from tests.moderation.evening import message, report

# What they are, and by what name they are shown where somebody is shown by name.
TEAM = {
    "ren": (Role.SUPPORTER, "れんげ草"), "nao": (Role.SUPPORTER, "なおみち"),
    "kaede": (Role.COUNSELOR, "かえで風"), "sora": (Role.COUNSELOR, "そらまめ"),
    "mori": (Role.COORDINATOR, "もりかげ"), "hoka": (Role.COORDINATOR, "ほかげろう"),
}  # fmt: skip
NAMES = {called for _, called in TEAM.values()}
ACCOUNT = "kanaria7719"
DAY = timedelta(days=1)
STARTS = (
    "/", "/me/", "/me/export/", "/letters/", "/rooms/", "/rooms/zatsudan/", "/standing/", "/steps/",
    "/counseling/mine/", "/counseling/ask/", "/notice/", "/transparency/", "/published/",
    "/calendar/", "/now/",
)  # fmt: skip


@dataclass
class House:
    """Who keeps it, whom it is kept for, and where."""

    team: dict[str, Staff]
    aoi: Participant
    haha: Participant
    room: Room
    his: Case | None = None
    hers: Case | None = None


def an_evening(named: bool, now: datetime) -> House:
    rest()
    room, team = make_room(), {}
    for name, (role, called) in TEAM.items():
        one = team[name] = make_staff(f"{ACCOUNT}.{name}", display_name=called)
        one.email = f"{name}.{ACCOUNT}@example.jp"
        one.display_name = called if named else ""
        one.save()
        grant(one, role)
    attend(room, team["ren"], team["nao"])
    house = House(team, make_participant("あおい"), make_participant("はは"), room)
    in_the_room(house, now)
    as_two(house, now)
    at_the_door(house, now)
    onward(house, now)
    in_danger(house, now)
    between_two(house, now)
    return house


def in_the_room(house: House, now: datetime) -> None:
    """Words, a murmur answered, a report, a hide, a mute that is objected to and judged."""
    room, aoi, ren = house.room, house.aoi, by(house.team["ren"])
    there = seats.take(ren, room=room, standing=FREE)
    (answer,) = carry_out([Act(room.pk, there.pk, post("こんばんは"))], now=clock.now())
    assert isinstance(answer.frames[0], p.Ack)
    row = message(aoi, room, "きつい言い方")
    report(house.haha, row)
    report(aoi, message(house.haha, room, "しずかですね"))
    act_on_message(ren, ActKind.HIDE, message=row.pk, reason=Reason.ABUSE, now=now)
    rest()
    do(aoi, room, p.Murmur(nonce=str(uuid4()), text="ねむれない"))
    reply(ren, murmur=Murmur.objects.latest("pk").pk, text="よみました", now=now)
    seat = seat_of(aoi, room)
    say(ren, seat=seat.pk, text="また、いつでも", now=now)
    for kind in (ActKind.MUTE, ActKind.PAUSE):
        done = act_on_person(
            ren, kind, seat=seat.pk, until=now + DAY, reason=Reason.CALM, words="また、あした",
            now=now,
        )  # fmt: skip
        if kind is ActKind.PAUSE:
            undo(ren, act=done.pk, now=now)
            continue
        told = appeal(of(aoi), act=done.pk, text="ちがうと思います", now=now)
        judge(by(house.team["mori"]), appeal=told.pk, overturn=True, answer="そうですね", now=now)
    asking.invite(ren, seat=seat.pk, now=now)


def as_two(house: House, now: datetime) -> None:
    """A talk with a counselor, one who is asked in, and another who takes it over."""
    kaede, sora = house.team["kaede"], house.team["sora"]
    case = house.his = taken(asks(house.aoi, house.room.program, now=now), kaede, now=now)
    code = case.code
    rest()
    talk.say(of(house.aoi), code=code, text="こんばんは", nonce=uuid4(), now=now)
    talk.answer(by(kaede), code=code, text="よみました", nonce=uuid4(), now=now)
    talk.ask_in(by(kaede), code=code, colleague=sora.pk, now=now)
    rest()
    talk.join_in(by(sora), code=code, text="はじめまして", nonce=uuid4(), now=now)
    talk.let_go(by(kaede), code=code, colleague=sora.pk, now=now)
    cases.write_note(by(kaede), code=code, text="しずかな人", shared=True, now=now)
    for detail in (Detail.ADDRESS, Detail.TELEPHONE):
        vault.deposit(of(house.aoi), code=code, kind=detail, text="ここ", nonce=uuid4(), now=now)
    vault.open_details(by(kaede), code=code, reason="下見", now=now)
    for giver, taker in ((kaede, sora), (sora, kaede)):
        offered = hand_over.offer(by(giver), code=code, to=taker.pk, text="", now=now)
        hand_over.accept(by(taker), hand_over=offered.pk, now=now)


def at_the_door(house: House, now: datetime) -> None:
    """A visit by two whom aoi names, and one who looks at where."""
    assert house.his is not None
    code, ren, nao = house.his.code, house.team["ren"], house.team["nao"]
    visit = visits.plan(
        by(house.team["kaede"]), code=code, starts_at=now + 3 * DAY, minutes=60,
        visitors=[ren.pk, nao.pk], rules=(DoorRule.NO_BELL,), alone="", now=now,
    )  # fmt: skip
    visits.agree(
        of(house.aoi), code=code, visit=visit.pk, rules=(DoorRule.NO_BELL,),
        visitors=[ren.pk, nao.pk], now=now,
    )  # fmt: skip
    visits.look(by(ren), visit=visit.pk, now=visit.starts_at)
    visits.check_in(by(ren), visit=visit.pk, now=visit.starts_at)


def onward(house: House, now: datetime) -> None:
    """A referral with somebody who comes along; sent, accepted, and a time for it."""
    assert house.his is not None
    kaede, code = house.team["kaede"], house.his.code
    for along in (True, False):
        made = referrals.propose(
            by(kaede), code=code, goal=Goal.AGENCY, typed={Heading.SELF: SAID},
            agency=make_agency(house.room.program, now=now, name=f"窓口{along}").pk,
            companion=house.team["ren"].pk, now=now,
        )  # fmt: skip
        if along:
            agree(house.aoi, made, now=now, along=True, details=(Detail.TELEPHONE,))
            send(kaede, made, now=now)
            accept(kaede, made, now=now)
            time = meetings.offer(
                by(kaede), code=code, channel=Channel.IN_PERSON, minutes=50, about="",
                choices=[now + 2 * DAY], referral=made.pk, now=now,
            )  # fmt: skip
            meetings.choose(
                of(house.aoi), code=code, meeting=time.pk, time=time.choices[0], now=now
            )


def in_danger(house: House, now: datetime) -> None:
    """119 was told of aoi, by two; aoi reads all of it."""
    assert house.his is not None
    kaede, mori = by(house.team["kaede"]), by(house.team["mori"])
    row = emergencies.begin(
        kaede, code=house.his.code, ground=Ground.DYING, recipient=Recipient.FIRE,
        seen="返事がない", now=now,
    )  # fmt: skip
    emergencies.agree(mori, number=row.pk, now=now)
    emergencies.open_details(kaede, number=row.pk, now=now)
    emergencies.told(
        kaede, number=row.pk, taker="119 指令", kinds=(Detail.TELEPHONE,), words="女性", now=now
    )


def between_two(house: House, now: datetime) -> None:
    """はは asked for aoi, who is told."""
    assert house.his is not None
    kaede = house.team["kaede"]
    rest()
    asked = asks(house.haha, house.room.program, now=now, relation=Relation.FAMILY)
    house.hers = taken(asked, kaede, now=now)
    bridge = bridges.propose(by(kaede), code=house.hers.code, words="手紙をおきます。", now=now)
    yes(house.haha, house.hers, Tells.ASKED, now=now)
    reach(kaede, bridge, house.his.code, now=now)


def bar(house: House, now: datetime) -> None:
    """aoi may enter no room any more; three coordinators' business, and none of their names."""
    seat = seat_of(house.aoi, house.room)
    asked = propose(
        by(house.team["mori"]), seat=seat.pk, reason=Reason.SAFETY, note="つづくため", now=now
    )
    confirm(by(house.team["hoka"]), proposal=asked.pk, now=now)


def walk(client: Client) -> dict[str, str]:
    """Every address to which a person's pages lead them, and what stands there.

    A PDF's letters are drawn, and can't be read here: its words are those of the page beside it.
    """
    found: dict[str, str] = {}
    waits = list(STARTS)
    while waits:
        address = waits.pop()
        if address in found:
            continue
        answer = client.get(address)
        found[address] = repr(answer.headers) + answer.content.decode("utf-8", "replace")
        if "html" in answer.get("Content-Type", ""):
            led = re.findall(r'(?:href|action)="(/[^"#]*)', found[address])
            waits += [one for one in led if not one.startswith(("/static/", "/accounts/"))]
        if answer.has_header("Location") and answer["Location"].startswith("/"):
            waits.append(answer["Location"])
    return found


def frames(client: Client, room: Room) -> str:
    """What a socket of theirs is told first, with everything that was said."""
    key = client.cookies["seat"].value
    scope = {"client": ("10.9.9.9", 5), "headers": []}
    here = arrive(Knock(room.slug, key, scope, None, None), clock.now())
    assert isinstance(here, LetIn), here
    return repr(wire(here.welcome))


def kinds(found: dict[str, str], names: set[str]) -> set[str]:
    """Where one of the names stands, without numbers and codes."""
    there = {one for one, said in found.items() if any(name in said for name in names)}
    return {re.sub(r"\d+", "N", one.partition("?")[0]) for one in there}


# Where somebody is shown by the name they chose to bear: whom one sat with, or asked to come.
BY_NAME = {
    "/rooms/zatsudan/",
    "/counseling/mine/N/",
    "/counseling/mine/N/visits/N/",
    "/counseling/mine/N/onward/N/",
    # The words that one agreed to say who comes along.
    "/me/export/",
}


def everything(house: House) -> tuple[dict[str, str], list[str]]:
    """Both people's pages, and what their sockets are told."""
    assert house.his is not None and house.his.room is not None
    pages: dict[str, str] = {}
    told = []
    for person in (house.haha, house.aoi):
        person.refresh_from_db()
        client = seated(person)
        pages |= walk(client)
        told.append(frames(client, house.room))
    return pages, [*told, frames(client, house.his.room)]


@pytest.mark.parametrize("named", [True, False])
def test_no_account_is_seen_and_names_only_of_whom_one_met(db, named, now):
    house = an_evening(named, now)
    house.his.refresh_from_db()
    pages, told = everything(house)
    for one in BY_NAME:
        assert any(re.fullmatch(one.replace("N", r"\d+"), there) for there in pages), one
    for said in (*pages.values(), *told):
        assert ACCOUNT not in said
    assert kinds(pages, NAMES) == (BY_NAME if named else set())
    shown = {name for name in NAMES if any(name in said for said in (*pages.values(), *told))}
    met = {TEAM[name][1] for name in ("ren", "nao", "kaede", "sora")}
    assert shown == (met if named else set())
    if not named:
        assert "相談員" in told[2]
        assert all("支援者" in said for said in told[:2])


def test_whoever_is_barred_learns_nobody_s_name_by_it(db, now):
    house = an_evening(True, now)
    before = kinds(walk(seated(house.aoi)), NAMES)
    bar(house, now)
    pages = walk(seated(house.aoi))
    assert any("部屋に入れないようにしました" in one for one in pages.values())
    assert kinds(pages, NAMES) <= before
    for said in pages.values():
        assert ACCOUNT not in said
        assert not any(TEAM[name][1] in said for name in ("mori", "hoka"))


def test_a_name_that_slipped_in_would_be_found(db, now):
    house = an_evening(True, now)
    act = house.aoi.letters.latest("pk")
    type(act).objects.filter(pk=act.pk).update(text=f"{ACCOUNT} {TEAM['mori'][1]}")
    pages = walk(seated(house.aoi))
    assert any(ACCOUNT in said for said in pages.values())
    assert "/letters/N/" in kinds(pages, NAMES)
