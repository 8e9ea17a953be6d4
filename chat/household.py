"""What all sockets of one process share: hub, writer, readers, rounds. Opened by the launcher.

No visitor is needed for the background work to run, and none is lost when it ends: `close` takes
nothing more in, lets the writer finish, says goodbye to everyone.
"""

import asyncio
import gc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from django.conf import settings

from chat import protocol as p
from chat import rounds
from chat.doormen import Doormen
from chat.hub import Hub
from chat.screening import lexicon, likeness
from chat.threads import kept_threads
from chat.writer import Writer
from foundation.bell import bell

# Reads never wait behind writes: each has threads of its own.
READERS, DOORMEN, KEEPERS = 3, 3, 2
# So many objects more than before, and garbage is looked for: among the youngest, at each sixth
# time among all that came since, at each 36th among everything. By itself Python does at 700, and
# looks at each message of a batch several times. Not more: what a page leaves may hold what was
# sent with it, a megabyte at most.
GROWN = (10_000, 5, 5)


def furnish() -> None:
    """Read what texts are held against, and all pages, before anyone comes: it takes some seconds.

    Then what the process is made of is counted as staying. Looking through it for garbage, some
    three hundred thousand objects, would stop every room for a fifth of a second at a time. What
    is left by sockets and pages is looked for at some thousand objects, and by a round
    (`rounds.py`).
    """
    lexicon.house()
    likeness.house()
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GROWN)


class House:
    """One per process."""

    hub: Hub
    writer: Writer
    readers: ThreadPoolExecutor
    doormen: ThreadPoolExecutor
    door: Doormen
    keepers: ThreadPoolExecutor

    def __init__(self) -> None:
        self.addresses: Counter[str] = Counter()
        # daphne can't send 1012.
        self.restart_code = p.Close.RESTART
        self.closing = False
        self._tasks: list[asyncio.Task[None]] = []

    def open(self, loop: asyncio.AbstractEventLoop, *, restart_code: p.Close) -> None:
        """Begin: from here on sockets may come."""
        self.restart_code = restart_code
        self.readers = kept_threads(READERS, "reader")
        self.doormen = kept_threads(DOORMEN, "doorman")
        self.keepers = kept_threads(KEEPERS, "keeper")
        self.door = Doormen(self.doormen, many=DOORMEN)
        self.hub = Hub(self.readers)
        self.keepers.submit(furnish)
        self.writer = Writer(loop)
        self.writer.start()
        bell.attach(self.hub, loop)
        bell.on_staff.append(self.hub.staff_rang)
        self._tasks = [loop.create_task(bell.hear()), loop.create_task(bell.knock())]
        self._tasks += [loop.create_task(one) for one in rounds.all_rounds(self.hub, self.keepers)]

    async def close(self, *, patience: float = 5.0) -> None:
        """End: what was handed over is written, then everyone is told and let go."""
        self.closing = True
        await self.writer.empty(patience=patience)
        # What was just committed still goes out.
        await asyncio.sleep(0)
        for sitter in self.hub.sitters():
            sitter.leave(p.Close.RESTART)
        for task in self._tasks:
            task.cancel()
        await asyncio.sleep(0.05)
        bell.detach()


house = House()
