"""`manage.py shell -c …` that needn't load the house each time.

One process loads it and forks for each deed: every deed is done by a process of its own, on lines
of its own, as a command does it.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import threading
import traceback
from pathlib import Path

from tests.processes import watchdog

ROOT = Path(__file__).resolve().parent.parent


class Shell:
    """For one house, whose environment is given."""

    def __init__(self, env: dict[str, str]) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.shell"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        watchdog.started(self._process)

    def run(self, code: str) -> str:
        """What it printed; a deed that fails is an AssertionError."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._turn:
            self._process.stdin.write(json.dumps(code) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, f"the shell ended with {self._process.poll()}"
        done, printed = json.loads(answer)
        assert done, printed
        return str(printed)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(15)
        watchdog.ended(self._process)


def _do(code: str) -> None:
    """In the forked process."""
    done, printed = True, io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(code, {"__name__": "__main__"})
        except Exception:
            done = False
            traceback.print_exc(file=printed)
    print(json.dumps([done, printed.getvalue()]), flush=True)


def main() -> None:
    """Do what is told, line by line, until nobody tells any more."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ibasho.settings"
    import django  # noqa: PLC0415 - the settings are named above
    from django.urls import get_resolver  # noqa: PLC0415

    django.setup()
    assert get_resolver().url_patterns  # with them every module is loaded
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            answered = False
            try:
                _do(json.loads(line))
                answered = True
            finally:
                # What is no Exception ends here too: this process must never read the next line.
                os._exit(0 if answered else 1)
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps([False, f"it was ended: {status}"]), flush=True)


if __name__ == "__main__":
    main()
