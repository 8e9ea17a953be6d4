"""The throwaway servers are real, come back where they were, and never outlive the run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from django.db import connection

from tests.house.tree import ROOT
from tests.servers import Postgres, Redis


def test_the_shape_is_what_was_asked_for(shape, servers, settings, db):
    assert settings.EMBEDDED is (shape == "embedded")
    assert connection.vendor == {"embedded": "sqlite", "server": "postgresql"}[shape]
    if shape == "embedded":
        assert "memory" not in str(connection.settings_dict["NAME"])
    else:
        assert servers.redis.cli("PING") is True


@pytest.fixture
def postgres():
    made = Postgres().start()
    yield made
    made.close()


@pytest.fixture
def valkey():
    made = Redis().start()
    yield made
    made.close()


def test_postgres_keeps_what_was_committed_over_a_kill(postgres):
    postgres.sql("CREATE TABLE kept (words text)")
    postgres.sql("INSERT INTO kept VALUES ('のこる')")
    postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        postgres.sql("SELECT 1")
    postgres.start()
    assert postgres.sql("SELECT words FROM kept") == [("のこる",)]


def test_a_stopped_postgres_answers_nothing_and_goes_on(postgres):
    postgres.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.url(), connect_timeout=2)
    postgres.cont()
    assert postgres.sql("SELECT 1") == [(1,)]


def test_redis_comes_back_empty_on_its_old_port(valkey):
    valkey.cli("SET", "a", "1")
    valkey.kill()
    valkey.start()
    assert valkey.cli("GET", "a") is None


def test_a_stopped_redis_answers_nothing_and_goes_on(valkey):
    valkey.stop()
    with pytest.raises(redis.TimeoutError):
        valkey.cli("PING")
    valkey.cont()
    assert valkey.cli("PING") is True


ABANDONED = """
import os, signal
from tests.servers import Postgres, Redis
postgres, valkey = Postgres().start(), Redis().start()
postgres.stop()
pids = [one.pid for one in postgres.family() + valkey.family()]
print(postgres.folder, valkey.folder, *pids, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def living(pids: list[int]) -> list[int]:
    found = []
    for pid in pids:
        try:
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
        except psutil.NoSuchProcess:
            continue
    return found


def test_a_killed_run_leaves_nothing_behind():
    ran = subprocess.run(
        [sys.executable, "-c", ABANDONED], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    *folders, pids = ran.stdout.split(maxsplit=2)
    numbers = [int(pid) for pid in pids.split()]
    assert len(numbers) > 4
    until = time.monotonic() + 15
    while time.monotonic() < until:
        if not living(numbers) and not any(Path(folder).exists() for folder in folders):
            return
        time.sleep(0.05)
    raise AssertionError((living(numbers), [f for f in folders if os.path.exists(f)]))
