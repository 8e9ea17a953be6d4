"""Staff sign in by invitation, with a password and a second factor, and only so."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

import ibasho.settings as house_settings
from accounts import proofs
from accounts.actions import invitations, people, second_factors
from accounts.models import Staff
from accounts.queries import grants_of, viewer_from_session
from accounts.states import Role
from audit.models import AuditEntry
from foundation import clock
from tests.accounts.codes import code_of
from tests.accounts.staff_door import CODE, LOGIN, PASSWORD, SECRET, sato, signed_in, typed
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer

__all__ = ["sato"]


def test_a_password_and_then_a_code_let_in(client, sato):
    first = typed(client)
    assert (first.status_code, first["Location"]) == (302, CODE)
    assert not signed_in(client)
    second = client.post(CODE, {"code": code_of(SECRET)})
    assert (second.status_code, second["Location"]) == (302, "/manage/")
    page = client.get("/accounts/")
    assert page.status_code == 200
    assert "統括" in page.content.decode()
    assert client.session.get_expiry_age() <= proofs.LONGEST.total_seconds()


def test_next_leads_within_the_house_only(client, sato):
    for asked, led in (("/rooms/", "/rooms/"), ("https://evil.example/", "/manage/")):
        typed(client) if asked != "/rooms/" else client.post(
            LOGIN, {"login": "sato", "password": PASSWORD, "next": asked}
        )
        cache.clear()
        answer = client.post(CODE, {"code": code_of(SECRET), "next": asked})
        assert answer["Location"] == led
        client.post("/accounts/logout/")


def test_a_code_typed_in_full_width_is_the_same_code(client, sato):
    typed(client)
    wide = code_of(SECRET).translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
    assert client.post(CODE, {"code": wide})["Location"] == "/manage/"


def test_a_code_is_good_once(client, sato):
    typed(client)
    code = code_of(SECRET)
    client.post(CODE, {"code": code})
    other = Client()
    typed(other)
    answer = other.post(CODE, {"code": code[:3] + " " + code[3:]})
    assert answer.status_code == 200
    assert "一度使った番号" in answer.content.decode()


@pytest.mark.parametrize("code", ["", "000000", "1" * 400, "١٢٣٤٥٦", "あ", "\0", "１２"])
def test_a_wrong_code_lets_nobody_in(client, sato, code):
    typed(client)
    assert client.post(CODE, {"code": code}).status_code == 200
    assert not signed_in(client)


def test_a_wrong_password_and_an_unknown_name_are_one_answer(client, sato):
    wrong = typed(client, password="x" * 12).content.decode()
    unknown = typed(client, login="nobody").content.decode()
    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|value="(?:sato|nobody)"')
    assert "合いませんでした" in wrong
    assert strip.sub("", wrong) == strip.sub("", unknown)


def test_nobody_can_sign_up_or_be_mailed_a_password(client, db):
    for address in ("signup/", "password/reset/", "email/", "confirm-email/", "password/set/"):
        assert client.get(f"/accounts/{address}").status_code == 404


# --- limits ---------------------------------------------------------------------------------------


def test_a_stranger_slows_themselves_and_no_colleague(client, sato):
    stranger = {"REMOTE_ADDR": "203.0.113.7"}
    for _ in range(12):
        typed(client, password="guess guess", **stranger)
    refused = typed(client, **stranger)
    assert refused.status_code == 200
    assert "間をおいて" in refused.content.decode()
    assert typed(Client(), REMOTE_ADDR="198.51.100.9")["Location"] == CODE


def test_guesses_from_everywhere_slow_strangers_and_no_known_browser(client, sato):
    at_home = Client()
    typed(at_home)
    at_home.post(CODE, {"code": code_of(SECRET)})
    at_home.post("/accounts/logout/")
    for number in range(61):
        typed(client, password="guess guess", REMOTE_ADDR=f"203.0.{number}.7")
    at_work = "198.51.100.9"  # where a colleague in a browser that isn't known has two tries
    assert typed(Client(), REMOTE_ADDR=at_work)["Location"] == CODE
    for _ in range(2):
        typed(client, password="guess guess", REMOTE_ADDR=at_work)
    assert typed(Client(), REMOTE_ADDR=at_work).status_code == 200
    assert typed(Client(), REMOTE_ADDR="198.51.100.10")["Location"] == CODE
    assert typed(at_home, REMOTE_ADDR=at_work)["Location"] == CODE


def test_one_place_alone_closes_an_account_to_nobody_else(client, sato, time_machine):
    time_machine.move_to(clock.now().replace(hour=3), tick=False)  # noon: keys last for a day
    for _ in range(20):
        for _ in range(4):
            typed(client, password="guess guess", REMOTE_ADDR="203.0.113.7")
        time_machine.shift(timedelta(minutes=2, seconds=30))
    assert typed(Client(), REMOTE_ADDR="203.0.113.7").status_code == 200
    assert typed(Client(), REMOTE_ADDR="198.51.100.9")["Location"] == CODE


def test_a_forged_forwarding_header_makes_nobody_somebody_else(client, sato):
    for number in range(12):
        typed(client, password="guess guess", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    refused = typed(client, HTTP_X_FORWARDED_FOR="203.0.113.99")
    assert "間をおいて" in refused.content.decode()


def test_signing_in_often_is_no_guessing(sato):
    for number in range(70):
        stranger = Client()
        answer = typed(stranger, REMOTE_ADDR=f"198.51.{number}.9")
        assert answer["Location"] == CODE


def test_the_house_itself_hashes_with_argon2_and_full_strength():
    assert house_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert house_settings.ALLAUTH_TRUSTED_PROXY_COUNT == house_settings.TRUSTED_PROXIES
    assert "allauth.usersessions" not in house_settings.INSTALLED_APPS


def test_no_address_is_in_a_key_of_the_cache(client, sato, monkeypatch):
    kept = []
    for name in ("add", "set", "get"):
        real = getattr(cache, name)
        monkeypatch.setattr(
            cache, name, lambda key, *a, _real=real, **k: (kept.append(key), _real(key, *a, **k))[1]
        )
    typed(client, password="guess guess", REMOTE_ADDR="203.0.113.7")
    assert any("allauth:rl" in key for key in kept)
    assert not [key for key in kept if "203.0.113" in key]


# --- what is kept ---------------------------------------------------------------------------------


def test_a_stolen_database_holds_no_secret_and_one_moved_to_another_row_opens_nothing(
    client, sato, now
):
    row = Authenticator.objects.get(user=sato)
    assert SECRET not in str(row.data)
    other = make_staff("other")
    other.set_password(PASSWORD)
    other.save()
    Authenticator.objects.create(user=other, type="totp", data=row.data)
    typed(client, login="other")
    assert client.post(CODE, {"code": code_of(SECRET)}).status_code == 200
    assert not signed_in(client)


def test_a_secret_that_waits_for_its_first_code_is_sealed_in_the_session_too(client, db, program):
    client = signed_in_as(make_staff("neu"), verified=False)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'<code id="secret">([A-Z2-7]{32})</code>', page)[1]
    assert secret not in str(dict(client.session))
    assert client.get("/accounts/2fa/totp/picture/")["Content-Type"] == "image/svg+xml"


def test_an_account_of_the_demo_opens_nothing_in_production(client, sato, settings):
    Staff.objects.filter(pk=sato.pk).update(is_demo=True)
    there = signed_in_as(sato)
    assert signed_in(there)
    settings.DEMO = False
    assert not signed_in(there)
    assert not grants_of(sato.pk, now=clock.now())
    assert typed(client)["Location"] == "/accounts/inactive/"
    client.post(CODE, {"code": code_of(SECRET)})
    assert not signed_in(client)


# --- the second factor ----------------------------------------------------------------------------


def test_without_a_second_factor_everything_leads_to_setting_one_up(
    program, django_capture_on_commit_callbacks
):
    neu = make_staff("neu")
    grant(neu, Role.COORDINATOR, program)
    client = signed_in_as(neu, verified=False)
    for address in ("/", "/rooms/", "/accounts/", "/accounts/password/change/", "/enter/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"][:15]) == (303, "/accounts/2fa/?")
    assert client.get("/now/").status_code == 200
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'<code id="secret">([A-Z2-7]{32})</code>', page)[1]
    assert client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    codes = client.get(done["Location"]).content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", codes)) == 10
    assert "<code>" not in client.get(done["Location"]).content.decode(), "shown once"
    assert client.get("/accounts/").status_code == 200
    assert AuditEntry.objects.filter(actor=neu.pk, verb="totp_activated").exists()


@pytest.mark.parametrize("door", ["totp/activate/", "webauthn/add/"])
@pytest.mark.parametrize("sheet", [False, True], ids=["app", "sheet"])
def test_a_sign_in_older_than_the_second_factor_adds_none_of_its_own(
    program, now, mori, door, sheet
):
    neu = make_staff("neu")
    neu.set_password(PASSWORD)
    neu.save()
    grant(neu, Role.COORDINATOR, program)
    older, newer = Client(), Client()
    assert typed(older, login="neu")["Location"] == typed(newer, login="neu")["Location"]
    assert older.get(f"/accounts/2fa/{door}").status_code == 200
    if sheet:
        second_factors.new_sheet(neu.pk, now=now)
    else:
        page = newer.get("/accounts/2fa/totp/activate/").content.decode()
        secret = re.search(r'<code id="secret">([A-Z2-7]{32})</code>', page)[1]
        newer.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
        assert signed_in(newer)
    before = set(Authenticator.objects.values_list("pk", flat=True))
    for answer in (older.post(f"/accounts/2fa/{door}", {"code": "1"}), older.get("/accounts/2fa/")):
        assert answer["Location"].startswith("/accounts/login/")
    assert not signed_in(older)
    assert set(Authenticator.objects.values_list("pk", flat=True)) == before


def test_the_last_second_factor_stays(sato):
    client = signed_in_as(sato)
    page = client.post("/accounts/2fa/totp/deactivate/")
    assert "最後のひとつ" in page.content.decode()
    assert Authenticator.objects.filter(user=sato, type="totp").exists()


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_the_last_second_factor_stays_beside_a_printed_sheet_too(sato, now, kind):
    last = Authenticator.objects.get(user=sato)
    Authenticator.objects.filter(pk=last.pk).update(type=kind, data={"name": "鍵"})
    second_factors.new_sheet(sato.pk, now=now)
    client = signed_in_as(sato)
    leave = "totp/deactivate/" if kind == "totp" else f"webauthn/keys/{last.pk}/remove/"
    assert "最後のひとつ" in client.post(f"/accounts/2fa/{leave}", follow=True).content.decode()
    assert set(Authenticator.objects.values_list("type", flat=True)) == {kind, "recovery_codes"}


def test_a_printed_sheet_lets_in_once_per_code_and_a_new_one_ends_the_old(
    client, db, program, mori
):
    kei = make_staff("kei")
    kei.set_password(PASSWORD)
    kei.save()
    grant(kei, Role.SUPPORTER, program)
    codes = second_factors.issue_sheet(staff_viewer(mori), staff=kei.pk, after=0, now=clock.now())
    assert len(set(codes)) == 40
    assert not set(codes) & set(re.findall(r"\d{8}", str(Authenticator.objects.get(user=kei).data)))
    assert typed(client, login="kei")["Location"] == CODE
    assert client.post(CODE, {"code": codes[7]})["Location"] == "/moderation/"
    again = Client()
    typed(again, login="kei")
    cache.clear()
    assert again.post(CODE, {"code": codes[7]}).status_code == 200, "used"
    again_after = {"staff": kei.pk, "after": Authenticator.objects.get(user=kei).pk}
    second_factors.issue_sheet(staff_viewer(mori), **again_after, now=clock.now())
    assert again.post(CODE, {"code": codes[8]}).status_code == 200, "of the old sheet"
    assert AuditEntry.objects.filter(actor=mori.pk, verb="sheet_issued").count() == 2


# --- sessions -------------------------------------------------------------------------------------


def test_a_session_ends_after_twelve_hours_and_after_thirty_minutes_without_an_act(
    sato, time_machine
):
    began = clock.now()
    time_machine.move_to(began, tick=False)
    client = signed_in_as(sato)
    time_machine.move_to(began + timedelta(minutes=29), tick=False)
    assert signed_in(client)
    time_machine.move_to(began + timedelta(minutes=58), tick=False)
    assert signed_in(client), "an act within thirty minutes keeps it"
    time_machine.move_to(began + timedelta(minutes=89), tick=False)
    assert client.get("/accounts/").status_code == 303
    busy = signed_in_as(sato)
    at = clock.now()
    for minutes in range(0, 12 * 60, 20):
        time_machine.move_to(at + timedelta(minutes=minutes), tick=False)
        assert signed_in(busy)
    time_machine.move_to(at + timedelta(hours=12, minutes=1), tick=False)
    assert not signed_in(busy)


def test_after_a_session_ended_the_same_browser_can_sign_in_again(client, sato, time_machine):
    time_machine.move_to(clock.now(), tick=False)
    typed(client)
    client.post(CODE, {"code": code_of(SECRET)})
    assert signed_in(client)
    time_machine.shift(timedelta(hours=13))
    assert not signed_in(client)
    typed(client)
    client.post(CODE, {"code": code_of(SECRET)})
    assert signed_in(client)


def test_a_sign_in_is_ended_from_another_screen(client, sato):
    for one in (client, Client()):
        cache.clear()
        typed(one)
        one.post(CODE, {"code": code_of(SECRET)})
        there = one
    page = there.get("/accounts/").content.decode()
    (number,) = re.findall(r"/accounts/sessions/(\d+)/end/", page)
    before = Staff.objects.get(pk=sato.pk).version
    assert there.post(f"/accounts/sessions/{number}/end/").status_code == 303
    assert not signed_in(client)
    assert signed_in(there)
    assert Staff.objects.get(pk=sato.pk).version == before + 1


def test_a_new_password_keeps_this_sign_in_and_ends_the_others(client, sato):
    elsewhere = Client()
    for one in (elsewhere, client):
        cache.clear()
        typed(one)
        one.post(CODE, {"code": code_of(SECRET)})
    before, key = Staff.objects.get(pk=sato.pk).version, client.session.session_key
    new = {"oldpassword": PASSWORD, "password1": "yama no mukou no umi"}
    answer = client.post("/accounts/password/change/", new | {"password2": "yama no mukou no umi"})
    assert answer.status_code == 302
    assert signed_in(client)
    assert not signed_in(elsewhere)
    assert client.session.session_key != key
    assert [one.session_key for one in sato.sessions.all()] == [client.session.session_key]
    page = client.get("/accounts/").content.decode()
    assert "この画面" in page
    assert Staff.objects.get(pk=sato.pk).version > before, "sockets of the old key are asked"
    assert viewer_from_session(key, now=clock.now()).staff is None
    noted = AuditEntry.objects.get(verb="password_changed")
    assert (noted.actor, noted.program) == (sato.pk, sato.grants.get().program_id)


@pytest.mark.parametrize("programs", [0, 1, 2])
def test_what_happens_to_an_account_is_found_in_each_of_its_programs(db, mori, programs, now):
    kei, boss = make_staff("kei"), make_staff("boss")
    grant(boss, Role.ADMIN)
    made = [make_program(slug) for slug in ("hyogo", "kochi")[:programs]]
    for one in made:
        grant(kei, Role.SUPPORTER, one)
    viewer = staff_viewer(boss)
    second_factors.issue_sheet(viewer, staff=kei.pk, after=0, now=now)
    invitations.invite_again(viewer, staff=kei.pk, drops_factors=False, now=now)
    people.close_account(viewer, staff=kei.pk, now=now)
    for verb in ("sheet_issued", "invited_again", "closed"):
        found = AuditEntry.objects.filter(verb=verb, object_id=str(kei.pk)).order_by("program")
        assert [one.program for one in found] == ([one.pk for one in made] or [None])


def test_nobody_ends_another_person_s_sign_in(client, sato, mori):
    typed(client)
    client.post(CODE, {"code": code_of(SECRET)})
    number = sato.sessions.get().pk
    assert signed_in_as(mori).post(f"/accounts/sessions/{number}/end/").status_code == 404
    assert signed_in(client)


def test_a_participant_s_seat_is_not_lost_to_a_sign_in(client, aoi, sato):
    session = client.session
    session["participant"] = aoi.pk
    session.save()
    assert "席" in client.get(LOGIN).content.decode()
    assert typed(client).status_code == 422
    assert client.session["participant"] == aoi.pk
    assert client.get("/accounts/").status_code == 404


def test_what_cannot_be_opened_never_opens_the_door(client, sato, caplog):
    row = Authenticator.objects.get(user=sato)
    row.data["secret"] = SECRET  # planted in the clear
    row.save()
    typed(client)
    answer = client.post(CODE, {"code": code_of(SECRET)})
    assert answer.status_code == 200
    assert SECRET not in caplog.text
