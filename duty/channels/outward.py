"""A request to a host that somebody named: to the public internet alone (no SSRF).

The name is resolved here and the connection made to the very address that was looked at, so that
a name can't answer differently the second time; redirects and proxies aren't followed.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

WAIT = 8.0  # seconds for connecting, and for each step after it
LONGEST = 20.0  # for all of them: a host that drips holds nobody longer


class NotPublic(Exception):
    """Not an https address of a public host."""


def parts(address: str) -> tuple[str, int, str]:
    """(host, port, path) of an https address. Raises `NotPublic` for any other one."""
    try:
        found = urlsplit(address)
        host, port = found.hostname, found.port or 443
    except ValueError:
        raise NotPublic from None
    if found.scheme != "https" or not host or found.username or found.password or found.fragment:
        raise NotPublic
    if not address.isascii() or any(c.isspace() or ord(c) < 0x21 for c in address):
        raise NotPublic
    return host, port, (found.path or "/") + (f"?{found.query}" if found.query else "")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; what is embedded in it counts too."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052


def may_be_named(address: str) -> None:
    """Before an address is kept: https, and no private address in the host's place.

    What its name leads to is looked at again at each request. Raises `NotPublic`.
    """
    host, port, _ = parts(address)
    if port != 443 or host.endswith((".localhost", ".local", ".internal")) or "." not in host:
        raise NotPublic
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    raise NotPublic  # no push service goes by a number


def post(address: str, *, body: bytes, headers: Mapping[str, str]) -> int:
    """POST to a public https address; the status of the answer, whose body nobody reads.

    Raises `NotPublic`; `OSError` where nobody answers (or without a good certificate).
    """
    host, port, path = parts(address)
    connection = _Connection(host, port)
    cut = threading.Timer(LONGEST, connection.cut)
    cut.start()
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        return connection.getresponse().status
    except http.client.HTTPException as broken:
        raise OSError(type(broken).__name__) from None
    finally:
        cut.cancel()
        connection.close()


class _Connection(http.client.HTTPSConnection):
    """To the first public address of the host, under the host's own name."""

    def __init__(self, host: str, port: int) -> None:
        self.trust = ssl.create_default_context()
        super().__init__(host, port, timeout=WAIT, context=self.trust)

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        public = [host for host in (str(one[4][0]) for one in found) if is_public(host)]
        if not public:
            raise NotPublic
        plain = socket.create_connection((public[0], self.port), timeout=WAIT)
        self.sock = self.trust.wrap_socket(plain, server_hostname=self.host)

    def cut(self) -> None:
        """End it from another thread: whoever waits for an answer hears of it at once."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
