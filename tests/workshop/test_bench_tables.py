"""The bench's tables: each row as wide as its head, and nothing made up where nothing arrived."""

from tests.load.bench import STOCK, tables

OURS = "PostgreSQL + Redis, uvicorn"


def _turns(per_cpu_s: float, lost: float = 0.0) -> dict[str, list[float]]:
    figures = {"per_cpu_s": per_cpu_s, "per_s": per_cpu_s, "p50_ms": 2.0, "p99_ms": 9.0}
    return {name: [one] * 3 for name, one in (figures | {"lost": lost}).items()}


def _cells(found: dict[str, dict[str, dict[str, list[float]]]]) -> list[list[str]]:
    lines = [one for one in tables(found).splitlines() if one.startswith("|")]
    return [[cell.strip() for cell in one[1:-1].split("|")] for one in lines]


def test_a_row_is_as_wide_as_its_head_with_peers_and_without():
    peers = {"socket.io": _turns(50_000), "picows (bare)": _turns(100_000), STOCK: _turns(2_000)}
    for by_name in ({OURS: _turns(75_000)}, {OURS: _turns(75_000), **peers}):
        head, marks, *rows = _cells({"50 × 20": by_name})
        assert {len(one) for one in (head, marks, *rows)} == {5 + len(by_name) - 1}
        assert rows[0][1] == "75.0 (75.0–75.0)"
    assert rows[0][2:5] == ["1.50", "0.75", "37.50"]


def test_where_nothing_arrived_nothing_is_measured_by_it():
    by_name = {OURS: _turns(75_000), "socket.io": _turns(50_000), STOCK: _turns(0, lost=1)}
    _, _, ours, _, stock = _cells({"50 × 20": by_name})
    assert ours[2:4] == ["1.50", "–"]
    assert stock == [f"{STOCK} (100% lost)", *["–"] * 6]


def test_what_was_lost_in_one_turn_alone_is_told():
    unlucky = _turns(2_000) | {"lost": [0.0, 0.0, 0.4]}
    assert _cells({"50 × 20": {STOCK: unlucky}})[-1][0] == f"{STOCK} (0%–40% lost)"
