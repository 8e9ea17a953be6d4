"""What most clients send is one text in one frame: taken apart in a few steps.

Everything else is left to the server's library, which must see every frame that isn't whole.
"""

from websockets.frames import apply_mask

_TEXT, _MASKED = 0x81, 0x80  # final and without extensions; RFC 6455, 5.2


def plain_text(data: bytes) -> str | None:
    """The text of a message if `data` is its one masked frame, whole and of less than 64 KiB; None
    for anything else."""
    if len(data) < 6 or data[0] != _TEXT:
        return None
    size, at = data[1] - _MASKED, 2
    if size == 126:
        size, at = data[2] << 8 | data[3], 4
        if size < 126:
            return None
    if not 0 <= size == len(data) - at - 4 or data[1] == 0xFF:
        return None
    try:
        return apply_mask(data[at + 4 :], data[at : at + 4]).decode()
    except UnicodeDecodeError:
        return None


def due(data: bytes, before: int = 0) -> int | None:
    """How many bytes the last frame of `data` still lacks; 0: a message may begin after it.

    `before`: what the last frame of what came earlier lacked. None: nobody can tell any more. So it
    is after a part of a message, an extension, a goodbye or half a head of a frame, with which the
    library goes on by itself.
    """
    at = before
    while at < len(data):
        head = data[at : at + 4]
        if len(head) < 4 or head[0] not in (0x81, 0x82, 0x89, 0x8A) or head[1] < _MASKED:
            return None
        size = head[1] - _MASKED
        if size == 127:
            return None
        at += 6 + size if size < 126 else 8 + int.from_bytes(head[2:])
    return at - len(data)
