"""Who chose blurred words sees none in clear on any page of the desk, and can look by key."""

from html.parser import HTMLParser
from uuid import uuid4

import pytest

from accounts.viewer import Viewer
from chat.models import Item, Message, Seat
from chat.states import ItemKind
from foundation import clock
from moderation.actions.appeals import appeal
from moderation.actions.messages import act_on_message
from moderation.models import DeskChoice
from moderation.states import ActKind, Reason
from tests.cast import attend, signed_in_as, staff_viewer
from tests.chat.deeds import do, post, rest, seat_of
from tests.house.plates import plates
from tests.moderation.evening import message, report
from tests.moderation.test_queue_pages import page

MARK = "ねじれたことば"  # in all that people say here
DESK_JS = "js/desk"
VOID = {"meta", "link", "input", "br", "img", "hr"}


class InClear(HTMLParser):
    """People's words that stand in a page outside of what is blurred."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool, bool]] = []
        self.seen: list[str] = []
        self.clear: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            return
        known = dict(attrs)
        _, blurred, words = self.open[-1] if self.open else ("", False, False)
        words = words or "words" in (known.get("class") or "").split()
        self.open.append((tag, blurred or "data-blurred" in known, words))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if MARK in data:
            self.seen.append(data)
            if not (self.open[-1][1] and self.open[-1][2]):
                self.clear.append(data)


def in_clear(text: str) -> InClear:
    parser = InClear()
    parser.feed(text)
    return parser


@pytest.fixture
def evening(aoi, haha, room, ren, mori):
    """Words of every kind: told of, held, hidden, in an objection, of crisis, of one of ours."""
    attend(room, ren)
    hidden, row = message(aoi, room, f"{MARK}一"), message(aoi, room, f"{MARK}二")
    report(haha, hidden, note=f"{MARK}三")
    report(haha, row, note=f"{MARK}四")
    for text in (f"お前死ね、{MARK}五", f"もう死にたい、{MARK}六"):
        rest()
        do(aoi, room, post(text))
    now = clock.now()
    act = act_on_message(
        staff_viewer(ren), ActKind.HIDE, message=hidden.pk, reason=Reason.ABUSE, now=now
    )
    objection = appeal(Viewer(participant=aoi.pk), act=act.pk, text=f"{MARK}七", now=now)
    seat = Seat.objects.create(
        room=room, staff=ren, key="ren-key", handle="れん", mark="月", role="supporter"
    )
    ours = Message.objects.create(
        room=room, seat=seat, seq=902, nonce=str(uuid4()), handle="れん", body_key="",
        text=f"{MARK}八", state="shown", at=now,
    )  # fmt: skip
    report(haha, ours, note=f"{MARK}九")
    return {"appeals": [objection.pk], "people": [seat_of(aoi, room).pk]}


def addresses(evening) -> list[str]:
    """Every address of the desk that a GET may reach, with each thing that has one."""
    known = {
        **evening,
        "items": list(Item.objects.filter(about_staff=None).values_list("pk", flat=True)),
        "review/items": list(
            Item.objects.filter(about_staff__isnull=False).values_list("pk", flat=True)
        ),
    }
    found = []
    for one in plates():
        plate = str(one.pattern)
        if not plate.startswith("moderation/") or "<token" in plate:
            continue
        before, number, after = plate.partition("<number:number>")
        if not number:
            found.append(f"/{plate}")
            continue
        of = before.removeprefix("moderation/").strip("/")
        of = "appeals" if of == "review/appeals" else of
        found += [f"/{before}{key}{after}" for key in known.get(of, ())]
    return found


@pytest.fixture
def desk(evening, mori):
    DeskChoice.objects.create(staff=mori, blurred=True, without=[])
    return signed_in_as(mori)


def test_no_page_of_the_desk_shows_people_s_words_in_clear(desk, evening):
    seen, clear, silent = set(), [], []
    for address in addresses(evening):
        answer = desk.get(address)
        if answer.status_code in (204, 303, 404, 405):
            continue
        assert answer.status_code == 200, address
        found = in_clear(answer.content.decode())
        if found.seen:
            seen.add(address)
            clear += [(address, one) for one in found.clear]
            silent += [] if DESK_JS in answer.content.decode() else [address]
    assert clear == []
    # By key too: what makes them open to it is there.
    assert [one for one in silent if one != "/moderation/queue/"] == []
    for place in ("", "rooms/", "acts/", "items/", "review/appeals/", "review/items/"):
        assert [one for one in seen if one.startswith(f"/moderation/{place}")], place


def test_many_at_once_are_blurred_too(desk):
    items = list(Item.objects.filter(kind=ItemKind.REPORT.value).values_list("pk", flat=True))
    text = desk.post("/moderation/queue/together/", {"item": items}).content.decode()
    found = in_clear(text)
    assert found.seen and not found.clear
    assert DESK_JS in text


def test_who_chose_nothing_reads_in_clear(desk):
    DeskChoice.objects.update(blurred=False)
    assert in_clear(page(desk, "/moderation/acts/")).clear


def test_a_kind_that_somebody_doesn_t_read_has_no_words_among_what_was_done(desk):
    assert f"{MARK}一" in page(desk, "/moderation/acts/")
    DeskChoice.objects.update(without=[ItemKind.REPORT.value])
    text = page(desk, "/moderation/acts/")
    assert MARK not in text
    assert "読まないことにしています" in text
