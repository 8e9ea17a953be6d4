"""An invitation is the only way to become a member of staff: one link, once, for seven days."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.actions import invitations, people
from accounts.mail import send_invitation
from accounts.models import Invitation, Staff
from accounts.queries import key_of
from accounts.states import Role
from foundation.refusals import Refused
from tests.accounts.codes import code_of
from tests.accounts.staff_door import CODE, PASSWORD, SECRET, sato, signed_in, typed
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer

__all__ = ["sato"]


def test_the_first_admin_is_invited_from_the_machine(client, db, capsys):
    call_command("invite_admin")
    link = capsys.readouterr().out.strip()
    assert link.startswith("http://testserver/accounts/invitation/")
    accept(client, link.rstrip("/").rpartition("/")[2], username="root")
    assert Staff.objects.get().grants.get().role == "admin"


def test_an_invitation_is_mailed_and_its_address_kept_nowhere(settings, mailoutbox):
    settings.CAN_MAIL = False
    assert not send_invitation(to="kei@example.org", link="https://x/")
    settings.CAN_MAIL = True
    assert send_invitation(to="kei@example.org", link="https://x/accounts/invitation/abc/")
    assert "https://x/accounts/invitation/abc/" in mailoutbox[0].body
    assert not [f.name for f in Invitation._meta.get_fields() if "mail" in f.name]


@pytest.fixture
def token(db, mori, program, now) -> str:
    terms = invitations.Terms(role=Role.SUPPORTER, program=program.pk, display_name="けい")
    return invitations.invite(staff_viewer(mori), terms=terms, now=now)


def accept(client, token, **changed):
    fields = {"username": "kei", "display_name": "けい", "password": PASSWORD, "again": PASSWORD}
    return client.post(f"/accounts/invitation/{token}/", fields | changed)


def test_an_invitation_makes_one_member_of_staff_who_then_needs_a_second_factor(
    client, token, program
):
    page = client.get(f"/accounts/invitation/{token}/")
    assert 'value="けい"' in page.content.decode()
    assert accept(client, token)["Location"] == "/accounts/2fa/"
    made = Staff.objects.get(username="kei")
    assert made.grants.get().role == "supporter"
    assert made.grants.get().program == program
    assert client.get("/accounts/").status_code == 303
    used = accept(Client(), token, username="kei2")
    assert used.status_code == 404
    assert "もう使われています" in used.content.decode()
    assert not Staff.objects.filter(username="kei2").exists()


def test_an_altered_expired_or_withdrawn_invitation_says_so(client, token, mori, now, time_machine):
    over = {
        "見つかりません": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "取り消されました": token,
    }
    invitations.withdraw(staff_viewer(mori), invitation=Invitation.objects.get().pk, now=now)
    for sentence, link in over.items():
        answer = client.get(f"/accounts/invitation/{link}/")
        assert answer.status_code == 404
        assert sentence in answer.content.decode()
    late = invitations.invite(
        staff_viewer(mori),
        terms=invitations.Terms(role=Role.SUPPORTER, program=mori.grants.get().program_id),
        now=now,
    )
    time_machine.move_to(now + timedelta(days=7, seconds=1))
    answer = accept(client, late)
    assert answer.status_code == 404
    assert "7日の期限" in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "short", "again": "short"}, "12 文字"),
        ({"password": "1" * 14, "again": "1" * 14}, "数字"),
        ({"password": "passwordpassword1", "again": "passwordpassword2"}, "同じではありません"),
        ({"username": "mori"}, "もう使われています"),
        ({"username": "MORI"}, "もう使われています"),
        ({"username": ""}, "必須"),
        ({"username": "a b"}, "有効な"),
        ({"display_name": "\u202e"}, "名前"),
    ],
)
def test_what_is_wrong_on_an_invitation_is_said_and_nothing_is_lost(
    client, token, changed, sentence
):
    answer = accept(client, token, **changed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="けい"' in answer.content.decode() or "display_name" in changed
    assert accept(client, token).status_code == 302


@pytest.mark.parametrize("name", ["はる", "ハル", "はるさん", "ハ ル", "はる(新人)", "はる［夜］"])
def test_two_colleagues_can_be_told_apart_in_the_rooms(client, token, ren, mori, name, now):
    Staff.objects.filter(pk=ren.pk).update(display_name="はる(支援者)")
    answer = accept(client, token, display_name=name)
    assert answer.status_code == 422
    assert "見分けがつきません" in answer.content.decode()
    assert 'value="kei"' in answer.content.decode()
    assert not Staff.objects.filter(username="kei").exists()
    here = ren.grants.get().program_id
    terms = invitations.Terms(role=Role.SUPPORTER, program=here, display_name=name)
    with pytest.raises(Refused, match="name_alike"):
        invitations.invite(staff_viewer(mori), terms=terms, now=now)
    # Whoever left, and whoever is of another house, has taken no name away.
    ren.grants.update(ended_at=now)
    assert accept(client, token, display_name=name)["Location"] == "/accounts/2fa/"


def test_names_that_only_begin_alike_are_two(client, token, ren):
    Staff.objects.filter(pk=ren.pk).update(display_name="はる")
    assert accept(client, token, display_name="はるか").status_code == 302


def test_whoever_lost_everything_is_invited_again_and_old_screens_end(client, sato, mori, now):
    old = Client()
    typed(old)
    old.post(CODE, {"code": code_of(SECRET)})
    token = invitations.invite_again(staff_viewer(mori), staff=sato.pk, drops_factors=True, now=now)
    page = client.get(f"/accounts/invitation/{token}/").content.decode()
    assert 'name="username"' not in page
    new = "ame no hi no tokage"
    answer = client.post(f"/accounts/invitation/{token}/", {"password": new, "again": new})
    assert answer["Location"] == "/accounts/2fa/"
    assert not signed_in(old)
    assert typed(Client()).status_code == 200, "the old password is no longer one"


def test_of_several_links_to_come_back_only_the_newest_is_good_and_none_once_one_is_back(
    client, sato, mori, now
):
    again = {"staff": sato.pk, "drops_factors": True, "now": now}
    astray = invitations.invite_again(staff_viewer(mori), **again)
    newest = invitations.invite_again(staff_viewer(mori), **again)
    new = {"password": "ame no hi no tokage", "again": "ame no hi no tokage"}
    assert client.post(f"/accounts/invitation/{astray}/", new).status_code == 404
    # One from before such links were taken back.
    Invitation.objects.filter(key=key_of(astray)).update(withdrawn_at=None)
    assert client.post(f"/accounts/invitation/{newest}/", new).status_code == 302
    assert Client().post(f"/accounts/invitation/{astray}/", new).status_code == 404


@pytest.mark.parametrize("how", ["ended", "closed", "expired"])
def test_a_link_is_good_no_longer_once_its_sender_may_not_invite(
    client, mori, ren, program, now, how
):
    boss, kiku = make_staff("boss"), make_staff("kiku")
    grant(boss, Role.ADMIN)
    held = grant(kiku, Role.COORDINATOR, program)
    sender = staff_viewer(kiku)
    terms = invitations.Terms(role=Role.COORDINATOR, program=program.pk)
    token = invitations.invite(sender, terms=terms, now=now)
    again = invitations.invite_again(sender, staff=ren.pk, drops_factors=True, now=now)
    if how == "ended":
        people.end(staff_viewer(mori), grant=held.pk, now=now)
    elif how == "closed":
        people.close_account(staff_viewer(boss), staff=kiku.pk, now=now)
    else:
        kiku.grants.update(expires_on=now.date() - timedelta(days=2))
    for link in (token, again):
        assert "取り消されました" in accept(client, link).content.decode()
    assert not Staff.objects.filter(username="kei").exists()


def test_an_old_link_to_come_back_opens_nothing_that_was_given_since(client, mori, ren, now):
    token = invitations.invite_again(staff_viewer(mori), staff=ren.pk, drops_factors=True, now=now)
    boss = make_staff("boss")
    grant(boss, Role.ADMIN)
    kochi = make_program("kochi").pk
    given = {"staff": ren.pk, "role": Role.SUPPORTER, "program": kochi, "now": now}
    people.give(staff_viewer(boss), **given)
    assert accept(client, token).status_code == 404


def test_an_invitation_is_accepted_in_a_browser_whose_old_sign_in_is_over(
    token, sato, time_machine, now
):
    time_machine.move_to(now, tick=False)
    browser = signed_in_as(sato)
    time_machine.shift(timedelta(minutes=40))
    assert accept(browser, token)["Location"] == "/accounts/2fa/"
    assert browser.get("/accounts/2fa/").status_code == 200
    assert Staff.objects.get(username="kei").sessions.count() == 1
