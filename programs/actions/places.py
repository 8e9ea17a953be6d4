"""Real places (居場所), and their pictures, whose files lie in the house's data folder."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from foundation.refusals import Refused
from programs import pictures
from programs.actions import changing
from programs.actions.changing import Changes
from programs.models import Picture, Place

MOST_PICTURES = 6
# What the log tells of one that goes.
_TOLD = ("name", "run_by", "municipality_id", "address")


def add(*, program: int, values: Mapping[str, object], now: datetime) -> Place:
    """A new place."""
    return Place.objects.create(program_id=program, changed_at=now, **values)


def change(
    *, program: int, place: int, version: int, values: Mapping[str, object], now: datetime
) -> Changes:
    """Change one; what was different. Raises `Refused`: `gone`, `changed_meanwhile`."""
    return changing.change(
        Place, program=program, pk=place, version=version, values=values, now=now
    )


def take_away(*, program: int, place: int, version: int, now: datetime) -> Changes:
    """Off every list, and its pictures are deleted; what stood there.

    Raises `Refused` as `change` does.
    """
    with transaction.atomic():
        changes = changing.take_away(
            Place, program=program, pk=place, version=version, names=_TOLD, now=now
        )
        pictures_gone = list(Picture.objects.filter(place=place).order_by("pk"))
        for picture in pictures_gone:
            _delete(picture)
    if pictures_gone:
        changes["pictures"] = [[one.name for one in pictures_gone], []]
    return changes


def add_picture(*, program: int, place: int, data: bytes, words: str, now: datetime) -> Picture:
    """Keep a picture. Raises `pictures.NotAPicture`, `Refused`: `gone`, `too_many`."""
    kind, kept = pictures.cleaned(data)
    name = f"{secrets.token_hex(12)}.{kind.value}"
    _write(file_of(name), kept)
    try:
        with transaction.atomic():
            row = changing.locked(Place, program=program, pk=place)
            if Picture.objects.filter(place=row).count() >= MOST_PICTURES:
                raise Refused("too_many")
            return Picture.objects.create(place=row, name=name, kind=kind, words=words, at=now)
    except BaseException:
        _unlink(file_of(name))
        raise


def take_picture_away(*, program: int, place: int, picture: int) -> Picture:
    """Delete a picture, row and file; what it was. Raises `Refused("gone")`."""
    with transaction.atomic():
        row = changing.locked(Place, program=program, pk=place)
        found = Picture.objects.filter(place=row, pk=picture).first()
        if found is None:
            raise Refused("gone")
        _delete(found)
    return found


def file_of(name: str) -> Path:
    """Where a picture's file lies. Names are made here and never by anybody who brings one."""
    return Path(settings.DATA) / "pictures" / name


def _delete(picture: Picture) -> None:
    transaction.on_commit(partial(_unlink, file_of(picture.name)))
    picture.delete()


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
