"""What lets somebody in asks why; two who change one role at once lose nothing."""

from datetime import date
from functools import partial

import pytest
from django.test import Client

from accounts.models import Invitation
from audit.models import AuditEntry
from chat.models import Room
from office.sentences import sentence
from tests.at_once import at_once
from tests.office.desk import fields, send, words
from tests.office.test_people import WHY, end, give, of, open_roles, renew

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("what", ["give", "renew", "sheet", "again"])
def test_what_lets_somebody_in_asks_why_and_the_log_keeps_it(desk: Client, ren, room, what):
    held = ren.grants.get()
    typed = {"give": {"role": "counselor", "expires_on": "2099-03-31"}, "again": {"mail": "ren@x"}}
    typed["renew"] = {"trained_on": "2026-01-10", "expires_on": "2099-03-31"}

    def ask(why: str):
        terms = {**typed.get(what, {}), "reason": why}
        if what == "give":
            return give(desk, ren, **terms)
        if what == "renew":
            return renew(desk, held, **terms)
        if what == "again":
            terms |= {"drops_factors": "on", "mail": terms["mail"] if len(why) < 2 else ""}
        return send(desk, f"{of(ren)}{what}/", **terms)

    for why, said in (
        ("", "わけを、ひとこと書いてください。"),
        ("   ", "わけを、ひとこと書いてください。"),
        ("あ", "2文字から200文字"),
        ("あ" * 201, "2文字から200文字"),
    ):
        answer = ask(why)
        assert answer.status_code == 422 and said in words(answer), why
        kept = answer.content.decode()
        assert all(f'value="{one}"' in kept for one in typed.get(what, {}).values() if "-" in one)
        assert not why.strip() or f'value="{why}"' in kept
    # A look at the person's page, and no deed.
    assert not AuditEntry.objects.exclude(verb="office.look").exists()
    assert open_roles(ren) == ["supporter"]
    assert not Invitation.objects.exists()
    assert ask(WHY).status_code == (200 if what in ("sheet", "again") else 303)
    verb = {"give": "given", "renew": "given", "sheet": "sheet_issued", "again": "invited_again"}
    entry = AuditEntry.objects.exclude(verb="office.look").get()
    assert (entry.verb, entry.reason) == (verb[what], WHY)


def test_a_new_password_alone_asks_for_no_reason_and_keeps_one(desk: Client, ren):
    assert send(desk, f"{of(ren)}again/").status_code == 200
    assert AuditEntry.objects.get().reason == ""
    assert send(desk, f"{of(ren)}again/", reason=WHY).status_code == 200
    assert AuditEntry.objects.latest("pk").reason == WHY


def test_of_two_who_renew_one_role_the_second_sees_both_and_loses_nothing(
    desk: Client, other_desk: Client, ren, room: Room
):
    held = ren.grants.get()
    to = f"{of(ren)}roles/{held.pk}/renew/"
    seen_before = other_desk.get(of(ren)).content.decode()
    assert renew(desk, held, expires_on="2099-03-31", trained_on="2026-01-10").status_code == 303
    first = ren.grants.get(ended_at=None)
    mine = fields(seen_before, to)
    mine |= {f"renew-{held.pk}-{name}": value for name, value in {
        "expires_on": "2099-09-30", "rooms": [str(room.pk)], "reason": "秋まで、つづけるため",
    }.items()}  # fmt: skip
    answer = other_desk.post(to, mine)
    page = words(answer)
    assert answer.status_code == 422 and sentence("role_changed") in page
    assert "さいごの日 2099-03-31 2099-09-30" in page and "研修をおえた日 2026-01-10" in page
    assert ren.grants.get(ended_at=None).pk == first.pk, "nothing was changed by it"
    now_to = f"{of(ren)}roles/{first.pk}/renew/"
    again = fields(answer.content.decode(), now_to)
    assert again[f"renew-{first.pk}-reason"] == ["秋まで、つづけるため"]
    assert other_desk.post(now_to, again).status_code == 303
    last = ren.grants.get(ended_at=None)
    assert last.expires_on == date(2099, 9, 30)
    assert [one.room for one in last.rooms.all()] == [room.pk]


def test_a_role_that_a_colleague_ended_meanwhile_is_offered_to_be_given(
    desk: Client, other_desk: Client, ren, room: Room
):
    held = ren.grants.get()
    to = f"{of(ren)}roles/{held.pk}/renew/"
    mine = fields(other_desk.get(of(ren)).content.decode(), to)
    mine |= {f"renew-{held.pk}-expires_on": "2099-09-30", f"renew-{held.pk}-reason": WHY}
    assert end(desk, held).status_code == 303
    answer = other_desk.post(to, mine)
    assert answer.status_code == 422 and sentence("role_over") in words(answer)
    assert open_roles(ren) == []
    again = fields(answer.content.decode(), f"{of(ren)}give/")
    assert again["give-role"] == ["supporter"] and again["give-reason"] == [WHY]
    assert other_desk.post(f"{of(ren)}give/", again).status_code == 303
    assert ren.grants.get(ended_at=None).expires_on == date(2099, 9, 30)
    strange = other_desk.post(f"{of(ren)}roles/987654/renew/", {"program": "hyogo"})
    assert strange.status_code == 404


def test_who_ends_a_role_that_a_colleague_renewed_or_ended_is_told(
    desk: Client, other_desk: Client, ren, room: Room
):
    held = ren.grants.get()
    to = f"{of(ren)}roles/{held.pk}/end/"
    mine = {**fields(other_desk.get(of(ren)).content.decode(), to), "end-reason": "卒業するため"}
    renew(desk, held, expires_on="2099-03-31")
    answer = other_desk.post(to, mine)
    assert answer.status_code == 422 and sentence("role_changed") in words(answer)
    assert open_roles(ren) == ["supporter"]
    now_to = f"{of(ren)}roles/{ren.grants.get(ended_at=None).pk}/end/"
    page = answer.content.decode()
    assert 'value="卒業するため"' in page and now_to in page
    assert end(desk, ren.grants.get(ended_at=None)).status_code == 303
    answer = other_desk.post(to, mine)
    assert answer.status_code == 422 and sentence("role_over_already") in words(answer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["renew", "give"])
def test_of_two_who_give_one_role_at_once_one_does_and_the_other_keeps_what_they_typed(
    desk: Client, other_desk: Client, ren, room: Room, what
):
    held = ren.grants.get()
    to = f"{of(ren)}roles/{held.pk}/renew/" if what == "renew" else f"{of(ren)}give/"
    prefix = f"renew-{held.pk}" if what == "renew" else "give"
    forms = {}
    for client, day in ((desk, "2099-03-31"), (other_desk, "2099-09-30")):
        typed = {"expires_on": day, "reason": f"{day} まで"}
        if what == "give":
            typed["role"] = "counselor"
        form = fields(client.get(of(ren)).content.decode(), to)
        forms[client] = form | {f"{prefix}-{name}": value for name, value in typed.items()}
    sent = [partial(client.post, to, form) for client, form in forms.items()]
    answers = dict(zip(forms, at_once(*sent), strict=True))
    first, second = sorted(forms, key=lambda client: answers[client].status_code)
    assert [answers[one].status_code for one in (first, second)] == [303, 422]
    role = "supporter" if what == "renew" else "counselor"
    kept = ren.grants.get(role=role, ended_at=None)
    assert kept.expires_on.isoformat() == forms[first][f"{prefix}-expires_on"]
    page = answers[second].content.decode()
    assert all(f'value="{forms[second][f"{prefix}-{name}"]}"' in page
               for name in ("expires_on", "reason"))  # fmt: skip
    assert AuditEntry.objects.filter(verb="given").count() == 1
