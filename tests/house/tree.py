"""What the house is made of, for the tests that look at its own files."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = (
    "foundation", "programs", "helplines", "ledger", "audit", "accounts", "duty", "chat",
    "moderation", "counseling", "reports", "office",
    "ibasho",
)  # fmt: skip
APPS = tuple(name for name in FLOORS if (ROOT / name / "__init__.py").exists())
# Nothing here is of the house: made by tools, or kept by a running one.
PASSED_BY = {".venv", "var", "node_modules", "__pycache__", ".git"}


def files(*suffixes: str, under: str = "") -> list[Path]:
    """Every file of the house with one of the suffixes, sorted."""
    found = [
        path
        for suffix in suffixes
        for path in (ROOT / under).rglob(f"*{suffix}")
        if not PASSED_BY & set(path.relative_to(ROOT).parts)
    ]
    return sorted(found)


def modules(*apps: str) -> list[Path]:
    """Every module of the apps (default: all) but migrations."""
    return [
        path
        for app in apps or APPS
        for path in files(".py", under=app)
        if "migrations" not in path.parts
    ]


def named(path: Path) -> str:
    """A path as a person would say it."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """(module, line) of every import of a module, `from a import b` as `a.b` and as `a`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
