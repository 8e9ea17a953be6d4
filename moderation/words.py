"""Words laid ready for hard moments, in the order in which they help: read once from a file."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "words.toml"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the order, with words that may be said there."""

    name: str
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def _all() -> dict[str, tuple[Step, ...]]:
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        occasion: tuple(Step(one["step"], tuple(one["words"])) for one in steps)
        for occasion, steps in read.items()
    }


def ready(occasion: str) -> tuple[Step, ...]:
    """For `crisis`, `murmur` or a private `word`."""
    return _all()[occasion]
