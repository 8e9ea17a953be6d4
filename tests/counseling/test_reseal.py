"""`manage.py reseal`: after it, the old key opens nothing that is kept, and nothing was lost."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from accounts.actions import second_factors
from accounts.sealing import sealed_at
from counseling.actions import vault
from counseling.models import Vault
from counseling.states import Detail
from foundation.sealed import unseal
from tests.cast import seen_by, staff_viewer
from tests.counseling.voices import asks, taken


def test_everything_sealed_opens_with_the_new_key_alone(aoi, kaede, program, now, settings):
    case = taken(asks(aoi, program, now=now), kaede, now=now)
    vault.deposit(
        seen_by(aoi), code=case.code, kind=Detail.MAIL, text="a@example.com", nonce=uuid4(), now=now
    )
    second_factors.set_totp(kaede.pk, secret="JBSWY3DPEHPK3PXP", now=now)
    codes = second_factors.new_sheet(kaede.pk, now=now)
    old, settings.SEALING_KEY = settings.SEALING_KEY, "the next one"
    with pytest.raises(CommandError):
        call_command("reseal")
    settings.SEALING_KEY_BEFORE = old
    said = StringIO()
    call_command("reseal", stdout=said)
    assert json.loads(said.getvalue()) == {"vaults": 1, "second_factors": 2, "left": 0}
    settings.SEALING_KEY_BEFORE = ""
    (found,) = vault.open_details(staff_viewer(kaede), code=case.code, reason="…", now=now)
    assert found.text == "a@example.com"
    at = sealed_at(kaede.pk)
    kept = {row.type: row.data for row in Authenticator.objects.filter(user=kaede)}
    assert unseal(kept["totp"]["secret"], at=at) == "JBSWY3DPEHPK3PXP"
    sheet = kept["recovery_codes"]["migrated_codes"]
    assert [unseal(code, at=at) for code in sheet] == codes
    assert Vault.objects.count() == 1
