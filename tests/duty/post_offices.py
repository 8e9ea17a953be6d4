"""Where calls arrive: a push service that decrypts, and a mail server, each on this machine."""

import base64
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

HOST = "push.ibasho.test"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Browser:
    """A browser that said yes: its keys, and what it is told."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"sixteen bytes ok"

    def told(self, endpoint: str) -> dict[str, str]:
        """As its script sends it."""
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"endpoint": endpoint, "p256dh": _base64(point), "auth": _base64(self.auth)}

    def read(self, body: bytes) -> bytes:
        """Decrypt what arrived (RFC 8291)."""
        return http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )


class PushService:
    """RFC 8030's side of it: takes what comes, answers `status`."""

    def __init__(self, folder: Path) -> None:
        self.took: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 201
        self.location = ""
        self.certificate = folder / "push.pem"
        self._certify(self.certificate)
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.took.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                if service.location:
                    self.send_header("Location", service.location)
                self.end_headers()

            def do_GET(self) -> None:
                service.took.append((self.path, dict(self.headers), b""))

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(self.certificate)
        self.server.socket = trust.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]

    @staticmethod
    def _certify(path: Path) -> None:
        key, name = (
            ec.generate_private_key(ec.SECP256R1()),
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]),
        )
        today = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(today - timedelta(days=1))
            .not_valid_after(today + timedelta(days=2))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )


def claims_of(headers: dict[str, str]) -> tuple[dict[str, Any], str]:
    """What the house signed (RFC 8292), and the key it names; raises for a wrong signature."""
    fields = dict(
        part.strip().split("=", 1) for part in headers["Authorization"].split(" ", 1)[1].split(",")
    )
    head, body, signature = fields["t"].split(".")
    padded = [one + "=" * (-len(one) % 4) for one in (body, signature, fields["k"])]
    told, signed, point = (base64.urlsafe_b64decode(one) for one in padded)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    r, s = (int.from_bytes(half) for half in (signed[:32], signed[32:]))
    key.verify(encode_dss_signature(r, s), f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(told), fields["k"]


class MailServer:
    """Enough of SMTP (RFC 5321) to take a letter, or to refuse it with `says`."""

    def __init__(self) -> None:
        self.took: list[str] = []
        self.says = ""
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self) -> None:
                self.say("220 here")
                for raw in self.rfile:
                    word = raw[:4].upper()
                    if word == b"DATA":
                        self.say("354 go on")
                        lines = list(iter(self.rfile.readline, b".\r\n"))
                        server.took.append(b"".join(lines).decode())
                        self.say("250 taken")
                    elif word == b"RCPT" and server.says:
                        self.say(server.says)
                    elif word == b"QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]


@contextmanager
def running(office: Any) -> Iterator[Any]:
    """Open until the test ends."""
    thread = threading.Thread(target=office.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield office
    finally:
        office.server.shutdown()
        office.server.server_close()
        thread.join()
