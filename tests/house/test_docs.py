"""What is written about the house is what is there."""

import ast
import re

import pytest

from tests.house.tree import APPS, ROOT, files, named, tree

OWN = ("env.str", "env.int", "env.bool", "env.list", "os.environ.get", "os.getenv", "secret")
# Of Python, Django and the harness; nobody sets them for the house.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "CI"}


def doc(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def first_column(text: str) -> list[str]:
    """The names in backticks that open a table's rows."""
    return re.findall(r"^\| `([\w/]+)`", text, re.M)


def test_the_plan_lists_exactly_the_apps_with_their_own_sentence():
    rows = dict(re.findall(r"^\| `(\w+)/` \| ([^|]+) \|$", doc("house.md"), re.M))
    assert set(rows) == set(APPS)
    for app in APPS:
        sentence = ast.get_docstring(tree(ROOT / app / "__init__.py"))
        assert rows[app] == sentence, app


def read_by_code() -> set[str]:
    """The names of environment variables that the house's code reads."""
    found = set()
    for app in (*APPS, "tools"):
        for path in files(".py", under=app):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in OWN and node.args:
                    first = node.args[0]
                elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
                    first = node.slice
                else:
                    continue
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found - NOT_OURS


def test_the_settings_page_names_exactly_what_the_code_reads():
    written = first_column(doc("settings.md"))
    assert len(written) == len(set(written)), "a setting is named twice"
    assert set(written) == read_by_code()


def test_the_code_that_reads_settings_is_found():
    assert {"PORT", "IBASHO_ENV", "DATABASE_URL", "SECRET_KEY"} <= read_by_code()


def test_every_command_that_the_readme_and_the_plan_name_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.findall(r"^([a-z0-9-]+):", makefile, re.M))
    pages = [*files(".md", under="docs"), *ROOT.glob("*.md")]
    named_there = {
        word for page in pages for word in re.findall(r"`make ([a-z-]+)", page.read_text("utf-8"))
    }
    assert named_there <= commands


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + files(".md", under="docs"), ids=named)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing
