"""A deed has a process of its own; whatever it does, the next one is done and nobody waits."""

from pathlib import Path

import pytest

from tests.live import bare_environment
from tests.shell import Shell


def test_a_deed_that_fails_is_told_and_the_next_one_is_done(tmp_path: Path) -> None:
    shell = Shell({**bare_environment(), "IBASHO_DATA": str(tmp_path)})
    try:
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            shell.run("1 / 0")
        for end in ("raise SystemExit(0)", "import os; os._exit(3)"):
            with pytest.raises(AssertionError, match="it was ended"):
                shell.run(end)
        shell.run("left = 1")
        assert shell.run("print('left' in globals())").strip() == "False"
    finally:
        shell.close()
