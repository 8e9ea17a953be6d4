"""Python per message outside the fan-out: what a batch costs this process, by its CPU time.

`… per_message N`, in the environment of a house that `tests.load.fill` has filled with one room.
Everything a post goes through but the socket: locks, standing, pace, screening, rows, the ack and
the event encoded. Prints `{"batch": N, "us": microseconds a message}`.
"""

import json
import os
import statistics
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import django

WARM, BATCHES = 8, 40
TEXT = "こんにちは、今日は良い天気ですね。散歩に行こうかな、と思っています。"


def measure(batch: int, sessions: list[str]) -> float:
    """Microseconds of this process's CPU a message, in batches of so many; the median batch."""
    from chat import protocol as p
    from chat.actions.carry_out import carry_out
    from chat.actions.sitting import Act
    from chat.household import furnish
    from chat.models import Seat
    from foundation import clock

    furnish()  # as a house does before anyone comes
    seats = list(Seat.objects.filter(room__slug="load-0").order_by("pk"))
    heard: list[Any] = []
    took = []
    for _ in range(WARM + BATCHES):
        acts = [
            Act(
                seats[n % len(seats)].room_id,
                seats[n % len(seats)].pk,
                p.Post(nonce=str(uuid.uuid4()), text=TEXT),
                sessions[n % len(seats)],
            )
            for n in range(batch)
        ]
        began = time.process_time()
        answers = carry_out(acts, now=clock.now(), announce=heard.extend)
        took.append(time.process_time() - began)
        assert all(isinstance(one, p.Ack) for answer in answers for one in answer.frames)
    assert len(heard) == WARM + BATCHES
    return statistics.median(took[WARM:]) / batch * 1e6


def main() -> None:
    """Measure in the house that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")
    django.setup()
    batch, sessions = int(sys.argv[1]), Path(sys.argv[2]).read_text("utf-8").split()
    print(json.dumps({"batch": batch, "us": measure(batch, sessions)}))


if __name__ == "__main__":
    main()
