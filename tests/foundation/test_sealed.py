"""What is sealed opens only unchanged, in its own place, with its own key."""

import base64

import pytest

from foundation.sealed import CannotOpen, place, seal, unseal

HERE = place("mfa_authenticator", 7, "secret")
TEXT = "JBSWY3DPEHPK3PXP 居場所"


def test_it_opens_in_its_own_place_and_shows_nothing_before():
    sealed = seal(TEXT, at=HERE)
    assert unseal(sealed, at=HERE) == TEXT
    assert "JBSW" not in sealed
    assert seal(TEXT, at=HERE) != sealed, "the same text twice must not be seen to be the same"


@pytest.mark.parametrize(
    "elsewhere",
    [
        place("mfa_authenticator", 8, "secret"),
        place("mfa_authenticator", 7, "seed"),
        place("accounts_staff", 7, "secret"),
        "",
    ],
)
def test_moved_to_another_row_column_or_table_it_stays_shut(elsewhere):
    with pytest.raises(CannotOpen):
        unseal(seal(TEXT, at=HERE), at=elsewhere)


def test_with_any_single_bit_turned_it_stays_shut():
    sealed = seal(TEXT, at=HERE)
    raw = base64.urlsafe_b64decode(sealed[3:])
    for bit in range(len(raw) * 8):
        turned = bytearray(raw)
        turned[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            unseal("s1." + base64.urlsafe_b64encode(bytes(turned)).decode(), at=HERE)


def test_cut_short_or_never_sealed_it_is_not_taken_for_a_text():
    sealed = seal(TEXT, at=HERE)
    cut = (sealed[:-4], sealed[:20], sealed + "AAAA", sealed[3:])
    for wrong in (*cut, TEXT, "", "s1.", "s1.あ", "s1.!"):
        with pytest.raises(CannotOpen):
            unseal(wrong, at=HERE)


def test_with_another_key_it_stays_shut(settings):
    sealed = seal(TEXT, at=HERE)
    settings.SEALING_KEY = "another"
    with pytest.raises(CannotOpen):
        unseal(sealed, at=HERE)
