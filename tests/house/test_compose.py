"""`docker compose up` describes the server shape: what matters in it stays so."""

import re
import shutil
import subprocess

import pytest
import yaml
from django.conf import settings

from helplines.actions import copy_file
from tests.house.tree import ROOT


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture
def services(compose) -> dict:
    return compose["services"]


@pytest.fixture(params=["web1", "web2"])
def web(request, services) -> dict:
    return services[request.param]


def test_two_houses_stand_behind_a_proxy(services, compose):
    assert {"proxy", "web1", "web2", "postgres", "redis"} <= set(services)
    published = {name for name, service in services.items() if service.get("ports")}
    assert published == {"proxy"}
    proxy = (ROOT / "Caddyfile").read_text(encoding="utf-8")
    assert "reverse_proxy web1:8000 web2:8000" in proxy


def test_the_proxy_cuts_slow_senders(compose):
    proxy = (ROOT / "Caddyfile").read_text(encoding="utf-8")
    assert re.search(r"read_header 10s\s+read_body 10s", proxy)
    assert "header_up X-Forwarded-For {remote_host}" in proxy
    assert not re.search(r"^\s*log\b", proxy, re.M)


def test_when_no_house_answers_the_proxy_shows_the_help_lines_and_what_they_wear(services):
    proxy = (ROOT / "Caddyfile").read_text(encoding="utf-8")
    found = re.search(r"^  handle_errors 502 503 504 \{\n(.*?)^  \}", proxy, re.M | re.S)
    assert found is not None
    assert re.search(r"@copy path /now/ /static/\*$", found[1], re.M)
    shown = re.search(r"handle @copy \{\s+root \* (/\S+)\s+file_server\s+\}", found[1])
    assert shown is not None
    # What a house keeps there, the proxy reads there.
    mounts = dict(one.split(":", 1) for one in services["proxy"]["volumes"])
    assert mounts["data"] == f"{shown[1]}:ro"
    for web in ("web1", "web2"):
        data = services[web]["environment"]["IBASHO_DATA"]
        assert f"data:{data}" in services[web]["volumes"]
    assert copy_file().relative_to(settings.DATA).as_posix() == "now/index.html"
    assert settings.DATA / settings.STATIC_URL.strip("/") == settings.STATIC_ROOT


def test_a_house_runs_for_real(web):
    assert web["environment"]["IBASHO_ENV"] == "production"
    assert web["environment"]["IBASHO_TRUSTED_PROXIES"] == "1"
    assert web["healthcheck"]
    assert web["read_only"]
    assert web["cap_drop"] == ["ALL"]
    assert web["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert "redis" not in web["depends_on"], "a house lets people in without its doorbell"


def test_secrets_come_as_files(web, compose):
    for name in (
        "SECRET_KEY",
        "PASSPHRASE_KEY",
        "REPEAT_KEY",
        "SEALING_KEY",
        "SUBJECT_KEY",
        "DATABASE_URL",
    ):
        assert name not in web["environment"]
        file = web["environment"][f"{name}_FILE"].removeprefix("/run/secrets/")
        assert file in web["secrets"]
    assert all(secret["file"].startswith("var/") for secret in compose["secrets"].values())


def test_redis_keeps_nothing(services):
    assert services["redis"]["command"][1:] == ["--save", "", "--appendonly", "no"]
    assert not services["redis"].get("volumes")


def test_postgres_is_asked_whether_it_answers(services):
    assert services["postgres"]["image"].startswith("postgres:16")
    assert "pg_isready" in services["postgres"]["healthcheck"]["test"]
    assert "POSTGRES_PASSWORD_FILE" in services["postgres"]["environment"]


def test_what_is_inside_can_not_call_out(services, compose):
    assert compose["networks"]["inside"] == {"internal": True}
    assert {name for name, s in services.items() if "outside" in s["networks"]} == {"proxy"}


def test_the_image_runs_as_nobody_special_from_what_is_locked():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert dockerfile.startswith("FROM python:3.11-slim")
    assert "--require-hashes" in dockerfile
    assert re.findall(r"^USER (\w+)", dockerfile, re.M) == ["house"]
    assert 'CMD ["python", "-m", "ibasho.serve", "--server", "uvicorn"' in dockerfile


def _compose() -> list[str] | None:
    """`docker compose`, or Debian's docker-compose; neither needs an engine to read a file."""
    docker, alone = shutil.which("docker"), shutil.which("docker-compose")
    if docker:
        asked = subprocess.run([docker, "compose", "version"], capture_output=True)
        if asked.returncode == 0:
            return [docker, "compose"]
    return [alone] if alone else None


def test_compose_understands_it():
    command = _compose()
    if command is None:
        return  # the tests above hold what matters; this one asks Compose where there is one
    asked = subprocess.run(
        [*command, "config", "-q"],
        cwd=ROOT,
        env={"SITE": "ibasho.example.jp", "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0, asked.stderr
