"""No page asks anybody else for anything: nothing on it loads from another host."""

import re

from tests.house.tree import files, named

ADDRESS = re.compile(r"""(?:https?:|wss?:)?//[\w.-]+\.[a-z]{2,}[^\s"'<>)]*""", re.I)
# Names of vocabularies, which nobody fetches.
NAMES = ("http://www.w3.org/", "https://www.w3.org/")
# What a browser fetches by itself. A link that a person clicks (a help line's page) is no request.
FETCHED = re.compile(
    r"""<(?:script|link|img|iframe|source|video|audio|embed|object|form|base|use|image)\b[^>]*"""
    r"""(?:src|href|srcset|data|action|poster)\s*=\s*["']?((?:https?:)?//[^\s"'>]+)""",
    re.I,
)


def test_templates_load_nothing_from_elsewhere():
    found = {
        f"{named(path)}: {address}"
        for path in files(".html", ".txt", under="templates")
        for address in FETCHED.findall(path.read_text(encoding="utf-8"))
    }
    assert not found


def test_styles_scripts_and_pictures_name_no_other_host():
    found = {
        f"{named(path)}: {hit}"
        for path in files(".js", ".css", ".svg", ".webmanifest", ".html", under="static")
        for hit in ADDRESS.findall(path.read_text(encoding="utf-8"))
        if not hit.startswith(NAMES) and "/" in hit
    }
    assert not found


def test_a_foreign_address_would_be_found():
    assert FETCHED.search('<script defer src="https://cdn.example.com/a.js">')
    assert FETCHED.search("<img alt='' src=//example.org/pixel.gif>")
    assert ADDRESS.search("@import url(https://fonts.example.com/a.css)")
    assert not FETCHED.search('<a href="https://example.org/">')
