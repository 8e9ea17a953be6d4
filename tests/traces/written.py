"""Everything that a house writes down: its files, every table of its database, its broker."""

import json
from pathlib import Path

import redis

from tests.live import House


def everything_written(house: House) -> dict[str, bytes]:
    """Files of the house, and dumps of its database and broker."""
    found = {str(p): p.read_bytes() for p in Path(house.folder).rglob("*") if p.is_file()}
    if house.postgres is not None:
        names = [
            row[0]
            for row in house.postgres.sql(
                "select tablename from pg_tables where schemaname = 'public'", database="ibasho"
            )
        ]
        for name in names:
            rows = house.postgres.sql(f'select row_to_json(t) from "{name}" t', database="ibasho")
            found[f"table {name}"] = json.dumps(rows, default=str, ensure_ascii=False).encode()
    if house.redis is not None:
        # Bytes as they lie there: pickled values aren't text.
        broker = redis.Redis.from_url(house.redis.url)
        for key in broker.keys("*"):
            found[f"redis {key!r}"] = key + (broker.dump(key) or b"")
        broker.close()
    return found


def holding(written: dict[str, bytes], *wanted: str) -> list[str]:
    """Where one of these words stands, as it is or escaped."""
    return [
        name
        for name, content in written.items()
        if any(
            one.encode() in content or json.dumps(one)[1:-1].encode() in content for one in wanted
        )
    ]
