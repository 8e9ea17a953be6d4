"""Where a call may go: to a public https address that a browser could have told, and no longer."""

import socket
import threading

import pytest

from duty.channels import outward, push
from foundation.refusals import Refused
from tests.duty.post_offices import Browser


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x", "https://127.0.0.1/x", "https://localhost/x", "https://[::1]/x",
        "https://10.0.0.3/x", "https://169.254.169.254/latest", "https://redis:6379/x", "https:///x",
        "https://push.example:6379/x", "https://a:b@push.example/x", "ftp://push.example/x", "",
        "https://db.internal/x", "https://push.example/\r\nX: y",
        "https://push.example/" + "x" * 2048,
        "https://2130706433/x", "https://8.8.8.8/x", "https://push.example:x/",
    ],
)  # fmt: skip
def test_an_endpoint_that_is_no_public_https_address_is_refused(endpoint, ren):
    with pytest.raises(Refused) as no:
        push.checked(Browser().told(endpoint))
    assert no.value.code == "no_push_address"


@pytest.mark.parametrize("field", ["p256dh", "auth"])
@pytest.mark.parametrize("value", ["", "あ", "AAAA", "=" * 9, "B" * 87])
def test_keys_that_are_none_are_refused(field, value):
    told = Browser().told("https://push.example/x")
    assert push.checked(told)
    with pytest.raises(Refused):
        push.checked(told | {field: value})


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("172.20.0.2", False), ("192.168.1.1", False), ("169.254.169.254", False),
        ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False),
        ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("255.255.255.255", False),
    ],
)  # fmt: skip
def test_private_addresses_are_told_apart(address, public):
    assert outward.is_public(address) is public


def test_a_service_that_only_drips_is_cut_off(monkeypatch):
    """The status line never ends; each byte alone would be in time."""
    monkeypatch.setattr(outward, "LONGEST", 0.5)
    here = socket.create_server(("127.0.0.1", 0))
    there = socket.create_connection(here.getsockname())
    far, _ = here.accept()
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.05):
            try:
                far.send(b"H")
            except OSError:
                return

    monkeypatch.setattr(outward._Connection, "connect", lambda self: setattr(self, "sock", there))
    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        with pytest.raises(OSError, match=r".*"):
            outward.post("https://push.example/", body=b"", headers={})
    finally:
        stop.set()
        dripping.join()
        for one in (here, there, far):
            one.close()
