"""A printed sheet is issued once: neither a reload nor a colleague voids the one in hand."""

import re

import pytest
from allauth.mfa.models import Authenticator

from accounts.actions import second_factors
from audit.models import AuditEntry
from foundation import clock
from foundation.refusals import Refused
from tests.at_once import at_once
from tests.cast import staff_viewer
from tests.office.desk import fields, words


def test_what_is_sent_twice_issues_one_sheet(desk, ren):
    address = f"/manage/people/{ren.pk}/sheet/"
    asked = {**fields(desk.get(address).content.decode(), address), "reason": "電話がない"}
    first = desk.post(address, asked)
    assert first.status_code == 200
    assert len(re.findall(r"<code>\d{8}</code>", first.content.decode())) == 40
    held = Authenticator.objects.get(user=ren)
    again = desk.post(address, asked)
    assert again.status_code == 422 and "そのまま使えます" in words(again)
    assert not re.findall(r"\d{8}", words(again))
    assert Authenticator.objects.get(user=ren).data == held.data
    assert AuditEntry.objects.filter(verb="sheet_issued").count() == 1
    # Asked for once more, knowingly: the page that came back says the sheet that stands now.
    once_more = {**fields(again.content.decode(), address)}
    assert once_more["reason"] == ["電話がない"]
    assert desk.post(address, once_more).status_code == 200
    assert Authenticator.objects.get(user=ren).pk != held.pk


def test_a_form_without_the_number_voids_nothing(desk, ren, now):
    second_factors.new_sheet(ren.pk, now=now)
    held = Authenticator.objects.get(user=ren).pk
    answer = desk.post(f"/manage/people/{ren.pk}/sheet/", {"reason": "電話がない"})
    assert answer.status_code == 422
    assert Authenticator.objects.get(user=ren).pk == held


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_in_one_moment_issue_one(mori, ren):
    viewer = staff_viewer(mori)

    def issue() -> list[str]:
        return second_factors.issue_sheet(viewer, staff=ren.pk, after=0, now=clock.now())

    told = at_once(issue, issue)
    assert sorted(isinstance(one, Refused) for one in told) == [False, True]
    assert Authenticator.objects.filter(user=ren).count() == 1
