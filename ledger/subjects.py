"""The code that stands for a person: countable, the same in file and system, naming nobody."""

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
