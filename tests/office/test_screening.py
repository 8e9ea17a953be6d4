"""A program's own screening rules on the pages: draft, try, start, end, all in the log."""

import pytest
from django.test import Client

from audit.models import AuditEntry
from chat.models import Message, OwnRule, Room
from foundation import clock
from tests.chat.deeds import do, post, rest
from tests.office.desk import send, words

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/manage/screening/new/"


def drafted(desk: Client) -> tuple[OwnRule, str]:
    answer = send(
        desk, NEW, term="ぽんこつ", kind="attack", does="finds", exceptions="ぽんこつ車\n"
    )
    assert answer.status_code == 303, words(answer)
    row = OwnRule.objects.get()
    return row, f"/manage/screening/{row.pk}/"


def test_a_rule_is_drafted_tried_started_and_ended(desk: Client, room: Room, aoi, mori) -> None:
    rest()
    do(aoi, room, post("ひみつの予定と、このぽんこつ"), now=clock.now())
    row, at = drafted(desk)
    assert row.exceptions == ["ぽんこつ車"]
    page = words(desk.get(at))
    assert "まだ働いていません" in page and "まだ、ためしていません" in page
    assert f"{at}start/" not in desk.get(at).content.decode()

    assert send(desk, at, to=f"{at}try/").status_code == 303
    page = words(desk.get(at))
    assert "1のことばを見て、1にありました。そのうち1は" in page
    assert "ひみつ" not in page, "never a whole message"

    assert send(desk, at, to=f"{at}start/").status_code == 303
    assert OwnRule.objects.get().state == "acting"
    assert send(desk, at, to=f"{at}end/").status_code == 303
    assert OwnRule.objects.get().state == "ended"
    assert "終えました" in words(desk.get("/manage/screening/"))
    log = AuditEntry.objects.order_by("pk").values_list("actor", "verb", "object_type")
    deeds = ("create", "try", "start", "end")
    assert list(log) == [(mori.pk, verb, "screening_rule") for verb in deeds]
    assert Message.objects.get().state == "shown"


def test_what_is_wrong_is_told_beside_its_field_and_kept(desk: Client) -> None:
    for sent, said in (
        ({"term": "の"}, "2文字より短い"),
        ({"term": "(あ|い)"}, "記号"),
        ({"term": "ぽんこつ", "exceptions": "べつのこと"}, "上のことばをふくむ"),
        ({"term": "ぽんこつ", "kind": "mood"}, "種類をえらんでください"),
        ({"term": "ぽんこつ", "does": "spares", "kind": "crisis"}, "見のがすことにできません"),
        ({"term": "ぽんこつ", "does": "spares", "exceptions": "ぽんこつ車"}, "書けません"),
    ):
        answer = send(desk, NEW, **{"kind": "attack", "does": "finds", **sent})
        assert answer.status_code == 422
        assert said in words(answer), sent
        assert str(sent["term"]) in answer.content.decode()
    assert not OwnRule.objects.exists()


def test_two_coordinators_at_once_are_told(desk: Client, other_desk: Client) -> None:
    _, at = drafted(desk)
    send(desk, at, to=f"{at}end/")
    answer = other_desk.post(f"{at}end/", {"version": "1"})
    assert answer.status_code == 422
    assert "ほかの人が変えました" in words(answer)
    assert AuditEntry.objects.filter(verb="end").count() == 1


def test_a_start_without_a_dry_run_is_refused(desk: Client) -> None:
    _, at = drafted(desk)
    answer = desk.post(f"{at}start/", {"version": "1"})
    assert answer.status_code == 422
    assert "さきに、ためしてください" in words(answer)
    assert OwnRule.objects.get().state == "draft"
