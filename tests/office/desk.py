"""A coordinator at the desk: forms read from the page as a browser would send them."""

import re
from html.parser import HTMLParser

from django.test import Client

from accounts.states import Role
from programs.models import Municipality, Program
from tests.cast import grant, make_staff, signed_in_as


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, list[tuple[str, str]]] = {}
        self._action: str | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        held = dict(attrs)
        if tag == "form":
            self._action = found.get("action", "")
            self.forms.setdefault(self._action, [])
        elif self._action is None:
            return
        elif tag == "input" and found.get("name"):
            kind = found.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in held:
                return
            if kind not in ("file", "submit"):
                unsaid = "on" if kind == "checkbox" else ""
                self.forms[self._action].append((found["name"], found.get("value", unsaid)))
        elif tag == "select":
            self._select, self._options = found.get("name"), []
        elif tag == "option" and self._select:
            self._options.append((found.get("value", ""), "selected" in held))
        elif tag == "textarea":
            self._area, self._text = found.get("name"), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = None
        elif tag == "select" and self._select and self._action is not None:
            # Nothing selected: a browser sends the first.
            chosen = [value for value, selected in self._options if selected]
            value = (chosen or [self._options[0][0]])[0]
            self.forms[self._action].append((self._select, value))
            self._select = None
        elif tag == "textarea" and self._area and self._action is not None:
            self.forms[self._action].append((self._area, self._text.removeprefix("\n")))
            self._area = None


def fields(html: str, action: str) -> dict[str, list[str]]:
    """What a browser would send of the form that goes to `action`, nothing changed."""
    reader = _Forms()
    reader.feed(html)
    found: dict[str, list[str]] = {}
    for name, value in reader.forms[action]:
        found.setdefault(name, []).append(value)
    return found


def send(client: Client, page_at: str, /, *, to: str | None = None, **changed: object):
    """Open a page and send its form (that goes to `to`, by default the page itself)."""
    page = client.get(page_at).content.decode()
    data = {**fields(page, to or page_at), **changed}
    return client.post(to or page_at, data)


def words(answer) -> str:
    """A page as it is read, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def second_coordinator(program: Program) -> Client:
    """kiku, who coordinates the same program."""
    kiku = make_staff("kiku", display_name="きく")
    grant(kiku, Role.COORDINATOR, program)
    return signed_in_as(kiku)


def make_towns() -> None:
    """Himeji and Kobe."""
    for code, name in (("282014", "姫路市"), ("281000", "神戸市")):
        Municipality.objects.create(code=code, prefecture="兵庫県", name=name, kana="あ")
