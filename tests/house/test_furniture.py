"""The same furniture in every room, and nothing called after nothing."""

import ast
import re

import pytest

from tests.house.tree import APPS, ROOT, files, imports, modules, named, tree

# A room's standing furniture. What is special in a room is named in docs/house.md.
FURNITURE = {
    "__init__", "states", "models", "policies", "queries", "actions", "forms", "protocol",
    "views", "consumers", "urls", "routing", "admin", "apps", "management", "migrations", "data",
    "templatetags",
}  # fmt: skip
NOTHING = {
    "utils", "util", "helpers", "helper", "common", "core", "services", "service", "misc",
    "manager", "managers", "lib", "shared", "signals",
}  # fmt: skip
# foundation and ibasho are no rooms: every file there is special.
ROOMS = [app for app in APPS if app not in ("foundation", "ibasho")]


def special(app: str) -> set[str]:
    """The names that docs/house.md gives to what is special in a room: `name.py` or `name/`."""
    text = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    section = text.split(f"### `{app}/`", 1)
    body = re.split(r"^##", section[1], maxsplit=1, flags=re.M)[0] if len(section) == 2 else ""
    return set(re.findall(r"`([a-z_]+)(?:\.py|\.toml|/)`", body))


@pytest.mark.parametrize("app", APPS)
def test_what_is_special_in_a_room_is_named_in_the_plan(app):
    there = {
        path.stem
        for path in (ROOT / app).iterdir()
        if not path.name.startswith((".", "__pycache__")) and path.suffix in ("", ".py", ".toml")
    }
    unnamed = there - FURNITURE - special(app)
    assert not unnamed, f"{app}: put {sorted(unnamed)} into docs/house.md, or somewhere else"


@pytest.mark.parametrize("app", APPS)
def test_the_plan_names_nothing_that_is_not_there(app):
    there = {path.stem for path in (ROOT / app).iterdir()}
    assert special(app) <= there


def test_nothing_is_called_after_nothing():
    called = {
        named(path)
        for path in files(".py", ".js")
        if {path.stem, *path.relative_to(ROOT).parts[:-1]} & NOTHING
    }
    assert not called


def test_nothing_happens_by_signal():
    wired = {
        named(path)
        for path in modules()
        for name, _ in imports(path)
        if re.search(r"\bsignals?\b", name) and name.startswith("django")
    }
    assert not wired


def test_saving_a_row_does_nothing_else():
    overriding = [
        f"{named(path)}:{method.lineno}"
        for path in modules()
        if path.name == "models.py"
        for owner in ast.walk(tree(path))
        if isinstance(owner, ast.ClassDef)
        for method in owner.body
        if isinstance(method, ast.FunctionDef) and method.name in ("save", "delete", "clean")
    ]
    assert not overriding


# These begin before the house may be imported: Django isn't set up yet.
LATE = {"ibasho/serve.py", "ibasho/asgi.py"}


def test_imports_stand_at_the_top():
    inside = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        if named(path) not in LATE
        for function in ast.walk(tree(path))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and (getattr(node, "module", None) or node.names[0].name).split(".")[0] in APPS
    ]
    assert not inside


@pytest.mark.parametrize("app", ROOMS)
def test_a_room_opens_with_one_sentence(app):
    docstring = ast.get_docstring(tree(ROOT / app / "__init__.py"))
    assert docstring
    assert "\n" not in docstring
