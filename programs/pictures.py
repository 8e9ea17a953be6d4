"""Pictures of places: told by their bytes, bounded, without what a camera wrote into them. Pure.

Where, when and with what a picture was taken stays in none that we keep. Only how it is to be
turned stays, in a note that holds nothing else.
"""

import re
import struct
from collections.abc import Iterator

from programs.states import PictureKind

MOST_BYTES = 2_000_000
MOST_SIDE = 8_000  # pixels
_PNG = b"\x89PNG\r\n\x1a\n"
# What draws; text, times and EXIF are none of these.
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP",
             b"sBIT", b"pHYs", b"bKGD"}  # fmt: skip
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"}
# JFIF, colour profile and Adobe's transform draw the picture; what else the fourteen APPn and COM
# hold (previews, places, words) talks about it, or is another picture.
_JPEG_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
# What ends the data of a scan (ITU-T T.81, B.1.1): no stuffed byte, no restart, no fill.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_ORIENTATION = 0x0112
TYPES = {
    PictureKind.JPEG: "image/jpeg",
    PictureKind.PNG: "image/png",
    PictureKind.WEBP: "image/webp",
}


class NotAPicture(Exception):
    """Bytes that aren't a picture we keep. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def cleaned(data: bytes) -> tuple[PictureKind, bytes]:
    """The kind, and the picture alone. Raises `NotAPicture`."""
    if len(data) > MOST_BYTES:
        raise NotAPicture("写真は2 MBまでにしてください。")
    try:
        if data.startswith(b"\xff\xd8\xff"):
            kind, kept, size = PictureKind.JPEG, *_jpeg(data)
        elif data.startswith(_PNG):
            kind, kept, size = PictureKind.PNG, *_png(data)
        elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            kind, kept, size = PictureKind.WEBP, *_webp(data)
        else:
            raise NotAPicture("写真は JPEG・PNG・WebP のどれかにしてください。")
    except (struct.error, IndexError, ValueError):
        raise NotAPicture("写真のファイルがこわれているようです。") from None
    if not (0 < size[0] <= MOST_SIDE and 0 < size[1] <= MOST_SIDE):
        raise NotAPicture(f"写真の縦と横は、それぞれ{MOST_SIDE:,}ピクセルまでにしてください。")
    return kind, kept


# --- JPEG ------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> tuple[bytes, tuple[int, int]]:
    kept, size, turned = [], (0, 0), 1
    for mark, segment in _segments(data):
        if mark == 0xE1:
            turned = _turned(segment[4:]) or turned
        elif mark in _JPEG_KEPT:
            if segment.startswith(_JPEG_KEPT[mark], 4):
                kept.append(segment)
        elif not (0xE0 <= mark <= 0xEF or mark == 0xFE):
            kept.append(segment)
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", segment[5:9])
            size = (width, height)
    return b"\xff\xd8" + (_turning(turned) if turned != 1 else b"") + b"".join(kept), size


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and segment, up to the first picture's end: what follows it isn't the picture."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker")
        mark = data[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark == _EOI:
            yield mark, data[at : at + 2]
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if mark == _SOI or length < 2 or end > len(data):
            raise ValueError("cut off")
        if mark == _SOS:
            found = _MARKER.search(data, end)
            if found is None:
                raise ValueError("cut off")
            end = found.start()
        yield mark, data[at:end]
        at = end


def _turned(exif: bytes) -> int:
    """The orientation (2–8) that a camera noted; 0 when there is none that matters."""
    if not exif.startswith(b"Exif\0\0"):
        return 0
    tiff = exif[6:]
    order = ">" if tiff[:2] == b"MM" else "<"
    try:
        (start,) = struct.unpack(order + "I", tiff[4:8])
        (count,) = struct.unpack(order + "H", tiff[start : start + 2])
        for entry in range(min(count, 200)):
            at = start + 2 + entry * 12
            tag, _kind, _number, value = struct.unpack(order + "HHIH", tiff[at : at + 10])
            if tag == _ORIENTATION:
                return value if 1 < value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _turning(turned: int) -> bytes:
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# --- PNG and WebP ----------------------------------------------------------------------------


def _png(data: bytes) -> tuple[bytes, tuple[int, int]]:
    kept, at = [_PNG], len(_PNG)
    width, height = struct.unpack(">II", data[16:24])
    while True:
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise ValueError("cut off")
        if kind in _PNG_KEPT:
            kept.append(data[at:end])
        if kind == b"IEND":
            return b"".join(kept), (width, height)
        at = end


def _webp(data: bytes) -> tuple[bytes, tuple[int, int]]:
    kept, at, size = [], 12, (0, 0)
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise ValueError("cut off")
    while at + 8 <= end:
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + length]
        if len(body) < length:
            raise ValueError("cut off")
        if kind == b"VP8X":
            body = bytes([body[0] & ~0x0E]) + body[1:]  # no EXIF, no XMP, no animation follow
        if kind in _WEBP_KEPT:
            size = _webp_size(kind, body) or size
            kept.append(kind + struct.pack("<I", length) + body + b"\0" * (length % 2))
        at += 8 + length + length % 2
    chunks = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks, size


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int] | None:
    if kind == b"VP8X":
        return _three(body, 4) + 1, _three(body, 7) + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _three(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 3], "little")
