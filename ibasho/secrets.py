"""Secrets: from the environment, from a file that it names, or made on the first start.

In production nothing is made up: a missing secret stops the start with one sentence.
"""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def secret(name: str, data: Path) -> str:
    """The value of `name`, of the file named by `name_FILE`, or of `data/secrets/name`.

    The last is made on first use with mode 0600, outside the files that git tracks.
    """
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE can't be read: {error.strerror}") from None
    kept = data / "secrets" / name
    if not kept.exists():
        if os.environ.get("IBASHO_ENV") == "production":
            raise ImproperlyConfigured(f"{name} or {name}_FILE must be set in production")
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Two processes may start at once: the first link wins and both read the same file.
        draft = kept.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        with contextlib.suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return kept.read_text(encoding="utf-8").strip()
