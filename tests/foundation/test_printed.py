"""A page becomes a PDF on A4 with its fonts inside, and fetches nothing while it does."""

import re
import socket
import threading
import zlib

import pytest

from foundation import printed
from foundation.printed import CannotPrint, pdf

PAGE = """<!doctype html><html lang="ja"><head><title>つなぎシート</title>
<style>h1 { color: #333 }</style></head><body><h1>つなぎシート</h1>
<p>夜のほうが話しやすいです。</p>%s</body></html>"""


def streams(data):
    """Everything in a PDF, unpacked, as one text."""
    parts = [data]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(parts)


def characters(data):
    """What the PDF's own maps (ToUnicode) say its letters are."""
    inside = streams(data)
    found = re.findall(rb"<[0-9a-fA-F]{4}>\s*<([0-9a-fA-F]{4,})>", inside)
    return {bytes.fromhex(code.decode()).decode("utf-16-be", "replace") for code in found}


@pytest.fixture(scope="module")
def page():
    return pdf(PAGE % "")


def test_the_words_can_be_taken_out_again(page):
    assert set("つなぎシート夜話") <= characters(page)


def test_the_fonts_are_embedded_and_the_page_is_a4_and_tagged(page):
    inside = streams(page)
    assert re.search(rb"/FontFile[23]? ", inside)
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", inside)
    assert [round(float(side)) for side in box.groups()] == [595, 842]
    assert b"/StructTreeRoot" in inside
    assert b"pdfuaid:part" in inside


def test_a_page_that_asks_for_something_gets_nothing(tmp_path):
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]

        def listen():
            while not done.is_set():
                try:
                    heard.append(server.accept())
                except TimeoutError:
                    continue

        done = threading.Event()
        listener = threading.Thread(target=listen)
        listener.start()
        try:
            secret = (tmp_path / "secret").as_uri()
            (tmp_path / "secret").write_text("canary")
            asking = (
                f'<img alt="" src="http://127.0.0.1:{port}/a.png">'
                f'<link rel="stylesheet" href="http://127.0.0.1:{port}/a.css">'
                f'<img alt="" src="{secret}">'
                f'<link rel="attachment" href="{secret}">'
            )
            made = pdf(PAGE % asking)
        finally:
            done.set()
            listener.join()
    assert made.startswith(b"%PDF-")
    assert not heard
    assert b"/EmbeddedFile" not in streams(made)
    assert b"canary" not in streams(made)


def test_what_is_sought_is_found_in_a_page_that_has_it():
    attached = '<link rel="attachment" href="data:text/plain,here">'
    # Even what the page brings along itself isn't attached: the fetcher refuses every address.
    assert b"/EmbeddedFile" not in streams(pdf(PAGE % attached))


def test_without_a_japanese_font_it_says_so(tmp_path, monkeypatch):
    bare = tmp_path / "fonts.conf"
    bare.write_text(
        '<?xml version="1.0"?><fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir>'
        f"<cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(bare))
    with pytest.raises(CannotPrint) as refused:
        pdf(PAGE % "")
    assert refused.value.code == "font"
    assert "書体" in refused.value.sentence


def test_a_machine_without_pango_says_so(monkeypatch, tmp_path):
    # A Python that ends as the typesetter does when WeasyPrint can't open the library.
    lame = tmp_path / "python"
    lame.write_text(f"#!/bin/sh\nexit {printed.NO_PANGO}\n")
    lame.chmod(0o700)
    monkeypatch.setattr(printed.sys, "executable", str(lame))
    with pytest.raises(CannotPrint) as refused:
        pdf(PAGE % "")
    assert refused.value.code == "pango"


def test_a_page_that_takes_too_long_is_ended():
    with pytest.raises(CannotPrint) as refused:
        pdf(PAGE % "", seconds=0.05)
    assert refused.value.code == "slow"


def test_the_typesetter_knows_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setenv("DATABASE_URL", "postgres://canary")
    assert "canary" not in "".join(printed._environment().values())
