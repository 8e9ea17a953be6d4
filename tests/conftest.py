"""The test harness: two shapes, private servers, the cast.

`--shape=embedded` (default): SQLite and the in-process layer. `--shape=server`: a PostgreSQL and a
Redis of this run's own. Settings are read from the environment when Django starts, so the servers
start before it does: here, and not in a fixture. No DJANGO_SETTINGS_MODULE in the configuration:
pytest-django would read the settings before this file.
"""

import gc
import inspect
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import TransactionTestCase
from whitenoise.base import WhiteNoise

from tests import emptied
from tests.processes import watchdog
from tests.servers import CannotStart, Postgres, Redis
from tests.turns import Turns

SECONDS, LIVE_SECONDS = 60, 180  # a test's time-out, and that of one with real server processes
FIRST_SECONDS = 300  # of the first one: every table is made in its time
LIVE_FIXTURES = {"house", "own_house", "make_house", "template"}
BROWSER_FIXTURES = {"browser", "phone", "desktop"}
# Where time is measured or processes are killed: nothing else runs beside these.
ALONE = {"faults", "workshop"}


class Servers:
    """What this run started, by `config.stash[SERVERS]`."""

    def __init__(self) -> None:
        self.shape = "embedded"
        self.turns = Turns(None)
        self.data: Path | None = None
        self.postgres: Postgres | None = None
        self.redis: Redis | None = None
        # Why the static files couldn't be collected; `tests/house/test_front_rules.py` fails on it.
        self.static_trouble = ""


SERVERS = pytest.StashKey[Servers]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shape",
        choices=["embedded", "server"],
        default="embedded",
        help="embedded: SQLite, in-process layer. server: private PostgreSQL and Redis.",
    )
    parser.addoption("--turns", help="a file shared with a run of the other shape beside this one")
    parser.addoption("--long", action="store_true", help="faults as long as before a release")
    parser.addoption("--figures", default="", help="a file that measured faults are added to")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("help") or config.getoption("version"):
        return
    if settings.configured:
        raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: the harness starts Django itself")
    servers = config.stash[SERVERS] = Servers()
    servers.shape = config.getoption("shape")
    servers.turns = Turns(Path(path) if (path := config.getoption("turns")) else None)
    servers.data = watchdog.folder("data")
    for name in [n for n in os.environ if n.startswith("IBASHO_")] + ["DATABASE_URL", "REDIS_URLS"]:
        os.environ.pop(name, None)
    os.environ["IBASHO_DATA"] = str(servers.data)
    os.environ["IBASHO_ORIGINS"] = "http://testserver,http://127.0.0.1:8000,http://localhost:8000"
    if servers.shape == "server":
        try:
            servers.postgres = Postgres().start()
            servers.redis = Redis().start()
        except CannotStart as trouble:
            raise pytest.UsageError(str(trouble)) from None
        os.environ["DATABASE_URL"] = servers.postgres.url()
        os.environ["REDIS_URLS"] = servers.redis.url
    os.environ["DJANGO_SETTINGS_MODULE"] = "ibasho.settings"
    settings.PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]
    if servers.shape == "server":
        # A test's own transaction may idle for as long as the machine lets it.
        options = settings.DATABASES["default"]["OPTIONS"]
        options["options"] += " -c idle_in_transaction_session_timeout=0"
    if servers.shape == "embedded":
        # Django would test SQLite in memory, where locking, WAL and other threads differ.
        settings.DATABASES["default"]["TEST"] = {"NAME": str(servers.data / "test.sqlite3")}
    _collect_static(servers)
    django.setup()
    # Only now may modules be imported that need the models.
    for plugin in (
        "tests.cast",
        "tests.counseling.across",
        "tests.counseling.both",
        "tests.live",
        "tests.browsers",
    ):
        config.pluginmanager.import_plugin(plugin)


def _collect_static(servers: Servers) -> None:
    """Hashed names need the collected files. Trouble there fails one test, not every one."""
    django.setup()
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
    except Exception as trouble:
        servers.static_trouble = f"{type(trouble).__name__}: {trouble}"
        settings.STORAGES["staticfiles"] = {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def pytest_report_header(config: pytest.Config) -> str:
    return f"shape: {config.stash[SERVERS].shape}" if SERVERS in config.stash else ""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    # Before anything is chosen by its marks; what a folder allows itself and who comes first is
    # known at the end.
    _mark(items)
    yield
    items.sort(key=lambda item: item.get_closest_marker("alone") is not None)
    if config.getoption("turns") and config.stash[SERVERS].shape == "server":
        # The other shape runs beside this one, and does what knows no shape.
        away = [item for item in items if item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=away)
        items[:] = [item for item in items if item not in away]
    for number, item in enumerate(items):
        if item.get_closest_marker("timeout") is None:
            own_processes = item.get_closest_marker("live") or item.get_closest_marker("browser")
            seconds = LIVE_SECONDS if own_processes else SECONDS
            item.add_marker(pytest.mark.timeout(max(seconds, 0 if number else FIRST_SECONDS)))


def _mark(items: list[pytest.Item]) -> None:
    for item in items:
        needs = set(getattr(item, "fixturenames", ()))
        live, browser = needs & LIVE_FIXTURES, needs & BROWSER_FIXTURES
        if live:
            item.add_marker("live")
        folders = set(Path(item.path).parts)
        if browser or "evening" in folders:
            item.add_marker("browser")
            if inspect.iscoroutinefunction(getattr(item, "function", None)):
                # All of them share one Chromium, which lives on one loop.
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        elif live:
            item.add_marker("alone")
        if folders & ALONE:
            item.add_marker("alone")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What stays until the end of the run is looked through for garbage once, not at every look."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    # Before the test's own time begins.
    turns = item.config.stash[SERVERS].turns
    turns.take(alone=item.get_closest_marker("alone") is not None)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    servers = config.stash.get(SERVERS, None)
    if servers is None:
        return
    servers.turns.close()
    for one in (servers.postgres, servers.redis):
        if one is not None:
            one.close()
    if servers.data is not None:
        shutil.rmtree(servers.data, ignore_errors=True)
    watchdog.close()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database goes with its server: dropping it table by table would only take time."""
    return True


@pytest.fixture(scope="session", autouse=True)
def _only_what_is_filled_is_emptied(django_db_setup: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied.empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_looked_for_once() -> Iterator[None]:
    """Not for every client of every test: the files stay as they were collected."""
    look, seen = WhiteNoise.update_files_dictionary, {}

    def once(self: WhiteNoise, root: str, prefix: str) -> None:
        found = seen.get((root, prefix))
        if found is None:
            look(self, root, prefix)
            seen[root, prefix] = dict(self.files)
        else:
            self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", once)
        yield


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """The servers of this run: `.shape`, `.postgres`, `.redis` (both None when embedded)."""
    return pytestconfig.stash[SERVERS]


@pytest.fixture(scope="session")
def shape(servers: Servers) -> str:
    """`embedded` or `server`."""
    return servers.shape
