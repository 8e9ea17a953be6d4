"""What soon runs out is told on every page of staff, and to whoever can renew it."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from accounts.actions import second_factors
from accounts.proofs import SESSION_PROOFS
from accounts.running_out import LOW, sheet_of
from accounts.states import Role
from foundation.clock import jst_day
from tests.accounts.staff_door import CODE, sato, typed
from tests.cast import grant, make_program, make_staff, signed_in_as

__all__ = ["sato"]

PAGES = {
    Role.SUPPORTER: ("/moderation/rota/", "/moderation/alerts/"),
    Role.COUNSELOR: ("/counseling/desk/", "/counseling/visits/"),
    Role.ANALYST: ("/reports/",),
    Role.REVIEWER: ("/moderation/review/",),
    Role.AUDITOR: ("/reports/",),
    Role.COORDINATOR: ("/manage/", "/manage/rooms/", "/moderation/"),
    Role.ADMIN: ("/manage/programs/", "/manage/people/"),
}
EVERYWHERE = ("/accounts/", "/accounts/2fa/", "/accounts/2fa/webauthn/")


def sheet_with(staff, left: int, *, now) -> None:
    second_factors.new_sheet(staff.pk, now=now)
    row = Authenticator.objects.get(user=staff)
    row.data["migrated_codes"] = row.data["migrated_codes"][:left]
    row.save()


def seen(staff, address: str, *, by: str = "totp") -> str:
    client = signed_in_as(staff)
    session = client.session
    session[SESSION_PROOFS] = [
        {**one, "type": by} if one["method"] == "mfa" else one for one in session[SESSION_PROOFS]
    ]
    session.save()
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("role", PAGES)
def test_every_page_of_staff_tells_its_reader_of_their_role_s_last_day(db, program, role, now):
    kei, ends = make_staff("kei"), jst_day(now) + timedelta(days=30)
    mine = grant(kei, role, program, expires_on=ends)
    told = f"は {ends.isoformat()} までです。"
    for address in (*EVERYWHERE, *PAGES[role]):
        assert seen(kei, address).count(told) == 1, address
    type(mine).objects.filter(pk=mine.pk).update(expires_on=ends + timedelta(days=1))
    assert "までです。" not in seen(kei, "/accounts/2fa/")


def test_nobody_is_told_before_their_second_factor_nor_of_another_person(ren, mori, now):
    ren.grants.update(expires_on=jst_day(now))
    sheet_with(ren, 1, now=now)
    early = signed_in_as(ren, verified=False).get("/accounts/2fa/").content.decode()
    assert "までです。" not in early and "番号の紙は、あと" not in early
    assert "までです。" not in seen(mori, "/accounts/2fa/")


@pytest.mark.parametrize(("left", "told"), [(6, False), (5, True), (1, True), (0, True)])
def test_few_codes_on_a_sheet_are_told_to_their_holder_and_to_who_issues_it(
    ren, mori, kaede, left, told, now
):
    sheet_with(ren, left, now=now)
    assert sheet_of(ren.pk)[1] == left and LOW == 5
    said = f"番号の紙は、あと{left}個です" if left else "番号の紙は、使いきりました"
    for address in ("/accounts/", "/moderation/rota/"):
        assert (said in seen(ren, address, by="recovery_codes")) is told
    listed = f'<b>ren</b> <span class="fine">あと{left}個</span>' in seen(mori, "/manage/")
    assert listed is told
    assert f"番号の紙は、あと {left} 個使えます" in seen(mori, f"/manage/people/{ren.pk}/")
    assert "番号の紙" not in seen(kaede, "/accounts/")


def test_the_last_codes_are_told_to_whoever_signs_in_by_one(client, sato, now):
    codes = second_factors.new_sheet(sato.pk, now=now)
    row = Authenticator.objects.get(user=sato, type="recovery_codes")
    row.data["migrated_codes"] = row.data["migrated_codes"][:6]
    row.save()
    typed(client)
    client.post(CODE, {"code": codes[3]})
    assert "番号の紙は、あと5個です" in client.get("/accounts/").content.decode()


def test_codes_of_one_s_own_are_no_sheet(ren, mori, now):
    Authenticator.objects.create(
        user=ren, type="recovery_codes", data={"seed": "x", "used_mask": 0}
    )
    assert sheet_of(ren.pk)[1] is None
    assert "番号の紙が少ない人" not in seen(mori, "/manage/")


def test_a_sheet_is_listed_where_it_can_be_renewed_alone(ren, mori, now):
    grant(ren, Role.SUPPORTER, make_program("kochi"))
    boss = make_staff("boss")
    grant(boss, Role.ADMIN)
    sheet_with(ren, 2, now=now)
    assert "番号の紙が少ない人" not in seen(mori, "/manage/")
    assert "番号の紙が少ない人" in seen(boss, "/manage/")


def test_an_admin_has_the_roles_of_every_program_that_end_soon(ren, mori, program, now):
    boss, chief = make_staff("boss"), make_staff("chief")
    grant(boss, Role.ADMIN)
    soon = jst_day(now) + timedelta(days=30)
    grant(chief, Role.ADMIN, expires_on=soon)
    ren.grants.update(expires_on=soon)
    far = make_staff("far")
    grant(far, Role.ANALYST, make_program("kochi"), expires_on=soon + timedelta(days=1))
    near = make_staff("near")
    grant(near, Role.ANALYST, make_program("kochi"), expires_on=soon)
    for address in ("/accounts/", "/manage/"):
        page = seen(boss, address).split("もうすぐ期限の役割")[1].split("</section>")[0]
        assert all(f"<b>{name}</b>" in page for name in ("ren", "near", "chief"))
        assert program.name in page and "far" not in page
        of_mori = seen(mori, address).split("もうすぐ期限の役割")[1].split("</section>")[0]
        assert "<b>ren</b>" in of_mori and "near" not in of_mori and "chief" not in of_mori
