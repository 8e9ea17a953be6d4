"""Every write of `accounts`: one function, one use case, one transaction.

A participant's own are here by name; those about staff are imported by their file.
"""

from accounts.actions.participants import (
    bump,
    come_back,
    enter,
    erase,
    leave,
    make_passphrase,
    offer_handle,
    rename,
    touch,
    unlock,
)

__all__ = [
    "bump", "come_back", "enter", "erase", "leave", "make_passphrase", "offer_handle", "rename",
    "touch", "unlock",
]  # fmt: skip
