"""Where the secrets of a member of staff lie, for `foundation.sealed`."""

from foundation.sealed import place


def sealed_at(staff: int) -> str:
    """The place of a TOTP secret or of a sheet's codes: one row of each per person."""
    return place("mfa_authenticator", staff, "data")
