"""The bench: works × contestants, interleaved, several times; figures as ratios within one run.

Only ratios count, taken per second of the server's CPU time (Redis and PostgreSQL counted in): the
machine is shared and noisy. A frame inside an array is one delivery. The generator fails a run in
which any member missed, doubled or reordered anything, or anything wasn't acknowledged.
"""

import json
import os
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.load.contestants import STOCK, Running, Stand, on_core

SERVER = "PostgreSQL + Redis, uvicorn"
TWO = "50 × 20, 16 in flight, two processes"
NOTHING = "–"  # where nothing arrived, there is nothing to be measured by


@dataclass(frozen=True)
class Work:
    """Rooms × members, and what they do there (a phase of the generator)."""

    name: str
    rooms: int
    members: int
    phase: str
    doors: int = 1
    who: tuple[str, ...] = ()  # nobody named: everybody
    placed: bool = True  # each room at one of the doors, as the proxy does it; else at all in turn


WORKS = (
    Work("1 × 200, 16 in flight", 1, 200, "sat:16:1:4"),
    Work("50 × 20, 16 in flight", 50, 20, "sat:16:1:4"),
    Work("1 × 200, 1 in flight", 1, 200, "sat:1:1:4"),
    Work("50 × 20, 1 message/s per room", 50, 20, "rate:1:2:8"),
    Work("100 × 20, entered and idle", 100, 20, "idle:0:0:2"),
    Work(f"{TWO}, a room at one of them", 50, 20, "sat:16:1:4", 2, (SERVER,)),
    Work(f"{TWO}, every room at both", 50, 20, "sat:16:1:4", 2, (SERVER,), placed=False),
    *(
        Work(f"1 × {m}, 16 in flight", 1, m, "sat:16:1:3", 1, (SERVER, "SQLite, daphne (make run)"))
        for m in (10, 20, 100, 500, 1000)
    ),
)


def generate(stand: Stand, name: str, one: Running, work: Work) -> list[dict[str, Any]]:
    """Run the generator on the other core; its lines. A failed run is an AssertionError."""
    command = [
        str(stand.generator), "--proto", one.proto, "--ports", ",".join(map(str, one.ports)),
        "--rooms", str(work.rooms), "--members", str(work.members), "--phases", work.phase,
        "--pids", ",".join(map(str, one.pids)), "--aux", ",".join(map(str, one.aux)),
        "--placed", str(int(work.placed)),
    ]  # fmt: skip
    if one.cookies is not None:
        command += ["--cookies", str(one.cookies)]
    if (os.cpu_count() or 1) > 1:
        command = ["taskset", "-c", "1", *command]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    # The Redis layer drops what its channels can't hold, and says nothing: its figures are those of
    # what arrived. Everybody else delivers everything, or nothing was measured.
    if name != STOCK:
        assert ran.returncode == 0, f"{work.name}: {ran.stdout}{ran.stderr}"
    return [json.loads(line) for line in ran.stdout.splitlines()]


def measure(stand: Stand, name: str, work: Work) -> dict[str, float]:
    """One contestant at one work, once."""
    with stand.running(name, rooms=work.rooms, members=work.members, doors=work.doors) as one:
        opened, *phases = generate(stand, name, one, work)
        figures = {
            "opened_per_s": opened["connections"] / opened["seconds"],
            "open_cpu_ms": opened["cpu_ms"],
        }
        for phase in phases:
            if phase["phase"] == "idle":
                figures["kb_each"] = phase["kb_each"]
                continue
            cpu = phase["srv_cpu"] + phase["aux_cpu"]
            figures |= {
                "per_cpu_s": phase["deliveries"] / cpu if cpu else 0.0,
                "per_s": phase["deliveries"] / phase["seconds"],
                "p50_ms": phase["p50"],
                "p99_ms": phase["p99"],
                "lost": max(0, phase["lost"]) / (phase["lost"] + phase["deliveries"] or 1),
            }
    return figures


def run(*, times: int, works: Sequence[Work] = WORKS) -> dict[str, dict[str, Any]]:
    """Every work for every contestant, in turn, `times` times: work → contestant → figures."""
    on_core(0)
    stand = Stand()
    found: dict[str, dict[str, list[dict[str, float]]]] = defaultdict(lambda: defaultdict(list))
    try:
        for turn in range(times):
            for work in works:
                for name in work.who or stand.contestants():
                    figures = measure(stand, name, work)
                    found[work.name][name].append(figures)
                    shown = ", ".join(f"{key} {value:,.1f}" for key, value in figures.items())
                    print(f"{turn + 1}/{times} {work.name} · {name}: {shown}", flush=True)
    finally:
        stand.close()
    return {
        work: {
            name: {key: [one[key] for one in turns] for key in turns[0]}
            for name, turns in by_name.items()
        }
        for work, by_name in found.items()
    }


def per_message(*, times: int) -> str:
    """Python per message outside the fan-out, in both shapes, as Markdown."""
    on_core(0)
    stand = Stand()
    rows: list[list[str]] = []
    try:
        for name in ("PostgreSQL + Redis, uvicorn", "SQLite, daphne (make run)"):
            for batch in (1, 16, 100):
                took = [stand.per_message(name, batch) for _ in range(times)]
                rows.append([name.split(",")[0], str(batch), _spread(took)])
                print("Python per message:", *rows[-1], flush=True)
    finally:
        stand.close()
    head = ["database", "messages a batch", "µs of Python's process a message"]
    return "\n".join(["### Python per message, outside the fan-out\n", *_rows(head, rows), ""])


def _middle(values: list[float]) -> float:
    return statistics.median(values)


def _lost(figures: dict[str, Any]) -> str:
    if not any(figures["lost"]):
        return ""
    least, most = f"{min(figures['lost']):.0%}", f"{max(figures['lost']):.0%}"
    return f" ({most} lost)" if least == most else f" ({least}–{most} lost)"


def _spread(values: list[float], scale: float = 1, digits: int = 1) -> str:
    low, high = min(values) / scale, max(values) / scale
    return f"{_middle(values) / scale:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def _ratio(mine: float, theirs: float) -> str:
    return f"{mine / theirs:,.2f}" if theirs else NOTHING


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table of Markdown, figures to the right."""
    marks = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (head, marks, *rows)]


def _fan_out(by_name: dict[str, Any]) -> list[str]:
    peers = [p for p in ("socket.io", "picows (bare)", STOCK) if p in by_name]
    head = ["server", "k deliveries per CPU second", *(f"× {peer}" for peer in peers)]
    rows = []
    for name, figures in by_name.items():
        if not _middle(figures["per_cpu_s"]):
            nothing = [NOTHING] * (len(peers) + 4)
            rows.append([f"{name}{_lost(figures)}", *nothing])
            continue
        mine = _middle(figures["per_cpu_s"])
        rows.append([
            f"{name}{_lost(figures)}",
            _spread(figures["per_cpu_s"], 1000),
            *(_ratio(mine, _middle(by_name[peer]["per_cpu_s"])) for peer in peers),
            f"{_middle(figures['per_s']) / 1000:,.1f}",
            _spread(figures["p50_ms"], digits=2),
            _spread(figures["p99_ms"]),
        ])  # fmt: skip
    return _rows([*head, "k deliveries/s", "p50 ms", "p99 ms"], rows)


def _opening(by_name: dict[str, Any]) -> list[str]:
    rows = [
        [
            name,
            _spread(figures["kb_each"]),
            _spread(figures["opened_per_s"]),
            f"{_middle(figures['open_cpu_ms']):.2f}",
        ]
        for name, figures in by_name.items()
    ]
    return _rows(["server", "KB each", "opened/s", "CPU ms each"], rows)


def tables(found: dict[str, dict[str, Any]]) -> str:
    """The figures as Markdown: medians, ranges, ratios to the peers of the same run."""
    parts = []
    for work, by_name in found.items():
        carried = "per_cpu_s" in next(iter(by_name.values()))
        parts += [f"### {work}\n", *(_fan_out if carried else _opening)(by_name), ""]
    return "\n".join(parts)
