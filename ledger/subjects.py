"""Codes that stand for a person or an entry: the same each time, and naming nobody."""

import base64
import hashlib
import hmac
import unicodedata

from django.conf import settings


def subject_of(program: str, typed: str) -> str:
    """The pseudonym of what someone typed for a person, 32 hex digits; empty stays empty.

    Width, case and blanks don't matter (`Ｋ－７ｆ` is `K-7F`). The same text means another person
    in another program. Two installs give equal codes only where they share `SUBJECT_KEY`.
    """
    plain = "".join(unicodedata.normalize("NFKC", typed).split()).casefold()
    if not plain:
        return ""
    text = f"ibasho subject 1:{program}:{plain}"
    return hmac.new(settings.SUBJECT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def evidence_number(program: str, seq: int) -> str:
    """The number under which staff see an entry, 12 letters and digits.

    An entry's own number tells how many stand before it: what isn't listed between two that are
    would be counted by it. Who audits sees both.
    """
    text = f"ibasho evidence 1:{program}:{seq}"
    code = hmac.digest(settings.SUBJECT_KEY.encode(), text.encode(), "sha256")
    return base64.b32encode(code)[:12].decode()
