"""One door to the network, one to HTTP; nothing that turns text into markup; nothing inline."""

import re

import pytest

from tests.conftest import SERVERS
from tests.house.tree import ROOT, files, modules, named


def text(path):
    return path.read_text(encoding="utf-8")


def without_comments(source: str) -> str:
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    return re.sub(r"(?<![:\"'`])//[^\n]*", "", source)


def scripts():
    return files(".js", under="static")


def templates():
    return files(".html", under="templates")


def saying(word: str) -> set[str]:
    return {path.name for path in scripts() if re.search(word, without_comments(text(path)))}


def test_there_is_a_page_to_look_at():
    assert len(scripts()) > 3
    assert len(templates()) > 3


def test_only_the_socket_says_websocket():
    assert saying(r"\bWebSocket\b") == {"socket.js"}


def test_only_http_says_fetch():
    assert saying(r"\bfetch\s*\(|XMLHttpRequest|sendBeacon|EventSource") <= {"http.js"}


@pytest.mark.parametrize(
    "word",
    [
        r"\binnerHTML\b", r"\bouterHTML\b", r"insertAdjacentHTML", r"\beval\s*\(",
        r"new\s+Function\b", r"document\.write", r"createContextualFragment", r"DOMParser",
        r"setHTMLUnsafe", r"\.srcdoc\b", r"setTimeout\(\s*[\"'`]", r"\.cssText\b",
        r"setAttribute\(\s*[\"']style",
    ],
)  # fmt: skip
def test_no_text_becomes_markup_or_code(word):
    assert not saying(word)


INLINE = {
    "a script": r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)",
    "a style": r"<style\b",
    "a style attribute": r"<[^>{]*\sstyle\s*=",
    "a handler": r"<[^>{]*\son[a-z]+\s*=\s*[\"']",
    "a javascript: link": r"javascript:",
}


@pytest.mark.parametrize("what", INLINE)
def test_templates_hold_nothing_inline(what):
    holding = {named(p) for p in templates() if re.search(INLINE[what], text(p), re.I)}
    static = {named(p) for p in files(".html", under="static") if re.search(INLINE[what], text(p))}
    assert not holding | static


def test_inline_things_would_be_found():
    assert re.search(INLINE["a script"], "<script>x()</script>")
    assert not re.search(INLINE["a script"], '<script type="module" src="/a.js"></script>')
    assert re.search(INLINE["a style attribute"], '<p class="a" style="color:red">')
    assert re.search(INLINE["a handler"], '<a onclick="x()">')


def test_templates_escape_everything():
    unsafe = r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape\s+off|\|\s*urlize"
    assert not {named(p) for p in templates() if re.search(unsafe, text(p))}


def test_no_module_marks_text_as_safe():
    unsafe = r"\bmark_safe\b|\bSafeString\b|\bSafeText\b|\b__html__\b|html_safe"
    assert not {named(p) for p in modules() if re.search(unsafe, text(p))}


def test_nothing_private_is_kept_by_a_cache():
    assert not {named(p) for p in modules() if "cache_page" in text(p)}


def test_static_files_can_be_collected_under_hashed_names(pytestconfig):
    assert pytestconfig.stash[SERVERS].static_trouble == ""


def test_no_third_party_script_lies_in_the_repository():
    assert not [named(p) for p in files(".min.js", ".min.css") if ROOT in p.parents]
