"""Two runs side by side: what needs the machine alone has it, and nobody waits for ever."""

import threading
from pathlib import Path

from tests.turns import Turns


def test_alone_waits_for_the_other_run_and_both_have_their_turn(tmp_path: Path) -> None:
    first, second = Turns(tmp_path / "turns"), Turns(tmp_path / "turns")
    alone: list[str] = []

    def wait_for_it(turns: Turns, name: str) -> None:
        turns.take(alone=True)
        alone.extend([name, name])
        turns.close()

    waiting = threading.Thread(target=wait_for_it, args=(second, "second"))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive() and not alone
    # Now both want it: whoever waits holds nothing that the other waits for.
    wait_for_it(first, "first")
    waiting.join(5)
    assert sorted(alone) == ["first", "first", "second", "second"]
    assert alone[0] == alone[1]


def test_a_run_by_itself_never_waits(tmp_path: Path) -> None:
    Turns(None).take(alone=True)
    only = Turns(tmp_path / "turns")
    only.take(alone=True)
    only.take(alone=False)
    only.close()
