"""Places, their pictures, texts: changed by one at a time, and nothing of a camera's is kept."""

import struct
import zlib
from datetime import date

import pytest
from django.test import Client

from foundation.refusals import Refused
from programs import pictures, queries
from programs.actions import places, texts
from programs.actions.places import file_of
from programs.models import Municipality
from programs.pictures import NotAPicture, cleaned
from programs.states import PictureKind, TextKey
from tests.cast import make_program

SECRET = b"35.68N 139.76E aoi's phone"


def segment(mark: int, body: bytes) -> bytes:
    return b"\xff" + bytes([mark]) + struct.pack(">H", len(body) + 2) + body


def exif(turned: int) -> bytes:
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, turned, 0, 0) + SECRET
    return segment(0xE1, b"Exif\0\0" + tiff)


def jpeg(*, turned: int = 1, width: int = 40, height: int = 30) -> bytes:
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + exif(turned)
        + segment(0xED, SECRET)
        + segment(0xFE, SECRET)
        + segment(0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\0")
        + segment(0xDA, b"\x01\x01\0\0\x3f\0")
        + b"\x12\x34\xff\xd9"
        + SECRET
    )


def png(*, width: int = 40) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, 30, 8, 2, 0, 0, 0))
        + chunk(b"tEXt", SECRET)
        + chunk(b"eXIf", SECRET)
        + chunk(b"IDAT", b"x")
        + chunk(b"IEND", b"")
        + SECRET
    )


def webp() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    size = (39).to_bytes(3, "little") + (29).to_bytes(3, "little")
    chunks = (
        chunk(b"VP8X", b"\x0c\0\0\0" + size)
        + chunk(b"VP8 ", b"\0" * 6 + struct.pack("<HH", 40, 30))
        + chunk(b"EXIF", SECRET)
        + chunk(b"XMP ", SECRET)
    )
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


@pytest.mark.parametrize(
    ("data", "kind"),
    [(jpeg(), PictureKind.JPEG), (png(), PictureKind.PNG), (webp(), PictureKind.WEBP)],
)
def test_a_picture_is_kept_and_what_the_camera_wrote_is_not(data, kind):
    found, kept = cleaned(data)
    assert found is kind and SECRET not in kept
    assert cleaned(kept) == (kind, kept), "what was cleaned is a picture still"


def test_a_second_picture_behind_the_first_goes_with_its_own_note():
    first = cleaned(jpeg())[1]
    assert cleaned(jpeg() + jpeg()) == (PictureKind.JPEG, first)


def test_between_the_scans_of_one_picture_nothing_is_kept_that_talks_about_it():
    scan = segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd3\x56"
    tables = segment(0xC4, b"\0" * 17)
    start = cleaned(jpeg())[1].split(b"\xff\xda")[0]
    note, words = exif(1), segment(0xFE, SECRET)
    _, kept = cleaned(start + scan + note + words + tables + scan + note + b"\xff\xd9")
    assert kept == start + scan + tables + scan + b"\xff\xd9"


@pytest.mark.parametrize(
    ("mark", "begins", "stays"),
    [
        (0xE2, b"ICC_PROFILE\0\x01\x01", True),
        (0xE2, b"MPF\0", False),
        (0xE0, b"JFXX\0\x10", False),
        (0xEE, b"Adobe\0\x64", True),
        (0xEE, b"other", False),
    ],
)
def test_of_what_programs_add_only_what_draws_the_picture_stays(mark, begins, stays):
    added = segment(mark, begins + b"x" * 12)
    data = jpeg()
    assert (added in cleaned(data[:2] + added + data[2:])[1]) is stays


def test_how_a_picture_is_turned_is_all_that_stays_of_the_note():
    _, kept = cleaned(jpeg(turned=6))
    assert kept.startswith(b"\xff\xd8\xff\xe1") and SECRET not in kept
    assert pictures._turned(kept[6:]) == 6
    assert cleaned(kept) == (PictureKind.JPEG, kept)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<svg onload='x()'/>", "JPEG・PNG・WebP"),
        (b"GIF89a" + b"\0" * 20, "JPEG・PNG・WebP"),
        (b"", "JPEG・PNG・WebP"),
        (jpeg()[:60], "こわれて"),
        (png()[:40], "こわれて"),
        (webp()[:34], "こわれて"),
        (jpeg(width=60_000), "ピクセル"),
        (png(width=0), "ピクセル"),
        (jpeg() + b"x" * 2_000_000, "2 MB"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(data, says):
    with pytest.raises(NotAPicture, match=says):
        cleaned(data)


@pytest.fixture
def himeji(db):
    return Municipality.objects.create(
        code="282014", prefecture="兵庫県", name="姫路市", kana="ひめじし"
    )


@pytest.fixture
def place(program, himeji, now):
    values = {
        "name": "姫路の居場所", "municipality_id": "282014", "run_by": "会", "source": "会のページ",
        "verified_on": date(2026, 4, 1),
    }  # fmt: skip
    return places.add(program=program.pk, values=values, now=now)


@pytest.fixture
def picture(program, place, now):
    return places.add_picture(
        program=program.pk, place=place.pk, data=jpeg(), words="入口", now=now
    )


def test_the_second_of_two_who_change_a_place_loses_nothing_and_is_told(program, place, now):
    def change(**values):
        return places.change(program=program.pk, place=place.pk, version=1, values=values, now=now)

    assert change(way="駅から5分") == {"way": ["", "駅から5分"]}
    with pytest.raises(Refused, match="changed_meanwhile"):
        change(way="駅から10分")
    assert queries.place(program.pk, pk=place.pk).way == "駅から5分"


def test_a_picture_is_shown_under_a_name_of_our_own_and_as_nothing_but_a_picture(picture):
    answer = Client().get(f"/pictures/{picture.name}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content == cleaned(jpeg())[1]


@pytest.mark.parametrize("name", ["..%2fsecrets%2fSECRET_KEY", "x.jpeg", "%00", "a" * 400])
def test_no_path_that_someone_names_is_ever_opened(picture, name):
    assert Client().get(f"/pictures/{name}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_with_the_place_its_pictures_go_rows_and_files(program, place, picture, now):
    assert file_of(picture.name).exists()
    places.take_away(program=program.pk, place=place.pk, version=1, now=now)
    assert not file_of(picture.name).exists()
    assert Client().get(f"/pictures/{picture.name}").status_code == 404
    assert queries.places(program.pk) == []


def test_a_place_holds_a_few_pictures_and_another_program_none_of_them(program, place, now):
    def add(whose):
        return places.add_picture(program=whose, place=place.pk, data=png(), words="x", now=now)

    for _ in range(places.MOST_PICTURES):
        add(program.pk)
    before = set(file_of("x").parent.iterdir())
    with pytest.raises(Refused, match="too_many"):
        add(program.pk)
    with pytest.raises(Refused, match="gone"):
        add(make_program("kochi").pk)
    assert set(file_of("x").parent.iterdir()) == before


def write(program, body: str, *, after: int, now) -> None:
    texts.write(program=program.pk, key=TextKey.RULES, body=body, after=after, now=now)


def test_a_text_is_read_at_the_entrance_in_its_newest_version(program, now):
    assert "四つの約束" in Client().get("/enter/").content.decode()
    write(program, "ひとつめ\n\n<b>ふたつめ</b>", after=0, now=now)
    page = Client().get("/enter/").content.decode()
    assert "四つの約束" not in page
    assert "&lt;b&gt;ふたつめ" in page
    write(program, "あたらしい約束", after=1, now=now)
    page = Client().get("/enter/").content.decode()
    assert "あたらしい約束" in page and "ひとつめ" not in page
    assert [one.version for one in queries.text_versions(program.pk, key=TextKey.RULES)] == [2, 1]


def test_a_text_that_two_write_at_once_keeps_the_first_and_tells_the_second(program, now):
    write(program, "もり", after=0, now=now)
    with pytest.raises(Refused, match="changed_meanwhile"):
        write(program, "かえで", after=0, now=now)
    with pytest.raises(Refused, match="same"):
        write(program, "もり", after=1, now=now)


def test_the_notice_says_what_this_place_is_before_anybody_wrote_one(db):
    page = Client().get("/notice/").content.decode()
    assert "110" in page and "30日" in page
