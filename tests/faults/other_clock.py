"""A door of the house whose time of day is set from outside: `… other_clock FILE [serve's words]`.

FILE holds the seconds to be off by and is looked at twice a second. Only the time of day is
changed; what counts up, as every wait and every limit does, goes on. A second number in it is how
much older daphne takes its sockets for than they are.
"""

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import time_machine

from ibasho.serve import main


def _follow(file: Path, clock: time_machine.Traveller) -> None:
    stands = 0.0
    while True:
        wanted, older = (float(one) for one in file.read_text().split())
        if wanted != stands:
            clock.shift(timedelta(seconds=wanted - stands))
            stands = wanted
        # The other server counts no age; daphne isn't loaded for it.
        if older and (daphne := sys.modules.get("daphne.ws_protocol")):
            daphne.time = SimpleNamespace(  # type: ignore[attr-defined]
                time=lambda added=older: time.monotonic() + added
            )
        time.sleep(0.5)


if __name__ == "__main__":
    file = Path(sys.argv.pop(1))
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        threading.Thread(target=_follow, args=(file, clock), daemon=True).start()
        main()
