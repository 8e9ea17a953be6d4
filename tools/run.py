"""`make run`: prepare what isn't yet, then become the server.

`--only-prepare` stops before serving. Runs in the environment that `tools/setup.py` made.
"""

import hashlib
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = os.environ.get("IBASHO_ENV") == "production"
READY_SECONDS = 60


def stop(japanese: str, english: str) -> None:
    """One sentence in each language, and out."""
    sys.exit(f"{japanese}\n{english}")


def say(japanese: str, english: str) -> None:
    """One line of progress."""
    print(f"{japanese} / {english}", flush=True)


def wanted_port() -> int:
    """PORT, when it is a number and free; else the end, with a sentence."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        stop("PORT は 1〜65535 の数字にしてください。", "PORT must be a number from 1 to 65535.")
    port = int(text)
    with socket.socket() as probe:
        # As the server will bind: a port whose old connections linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            other = port + 1 if port < 65535 else 8000
            stop(
                f"ポート {port} は使われています。別の番号で: PORT={other} make run",
                f"Port {port} is taken. Try another: PORT={other} make run",
            )
    return port


def prepare() -> None:
    """Migrate, collect static files, and on the first start fill demo data."""
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "ibasho.settings"
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    # The demo belongs to one database: another one, or a deleted file, is another first start.
    database = settings.DATABASES["default"]
    named = f"{database.get('HOST')}:{database.get('PORT')}/{database['NAME']}"
    mark = hashlib.sha256(named.encode()).hexdigest()
    marker = settings.DATA / "first-start"
    kept = marker.read_text(encoding="utf-8") if marker.exists() else ""
    first = kept != mark or (settings.EMBEDDED and not Path(str(database["NAME"])).exists())
    if first:
        say("はじめての準備をしています…", "preparing for the first time…")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if first:
        say("市区町村を読み込んでいます…", "loading the municipalities…")
        call_command("load_municipalities", verbosity=0)
        if not PRODUCTION:
            say("見本の部屋と会話を入れています…", "filling in demo rooms and an evening's talk…")
            call_command("demo", verbosity=0)
        marker.write_text(mark, encoding="utf-8")
    connections.close_all()


def told_sign_ins(address: str) -> str:
    """The demo's staff, as `demo.json` has them; empty in production."""
    data = Path(os.environ.get("IBASHO_DATA") or ROOT / "var")
    try:
        people = json.loads((data / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    if PRODUCTION:
        return ""
    lines = "".join(
        f"    {one['username']:<20} {one['password']:<18} {one['totp_secret']}\n" for one in people
    )
    return (
        f"\n  スタッフとして / as staff:  {address}/accounts/login/"
        f"\n    {'login':<20} {'password':<18} TOTP\n{lines}"
        "\n  6けたの番号は認証アプリで、または / the six digits come from an authenticator app, or:"
        "\n    .venv/bin/python manage.py demo --code hyogo-coordinator\n"
    )


def announce(port: int) -> None:
    """In a process of its own: say where to click as soon as the server answers."""
    server = os.getpid()
    if os.fork():
        os.wait()  # the first child, which is gone at once
        return
    if os.fork():
        os._exit(0)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            os.kill(server, 0)
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                print(
                    f"\n  ひらきました。ここから入れます:  {address}/"
                    f"\n  Open. Come in here:             {address}/"
                    "\n\n  名前を決めて入り、「雑談」か「夜ふかし」へ。とめるには Ctrl-C。"
                    "\n  Enter, then go to the room 雑談 or 夜ふかし. Ctrl-C stops it.\n"
                    + told_sign_ins(address),
                    flush=True,
                )
                break
        except ProcessLookupError:
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    os._exit(0)


def main() -> None:
    """Prepare, then hand this process to the server, so that signals reach it."""
    if "--only-prepare" in sys.argv:
        prepare()
        return
    port = wanted_port()
    prepare()
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    announce(port)
    arguments = ["-m", "ibasho.serve", "--server", "daphne", "--host", "127.0.0.1"]
    os.execv(sys.executable, [sys.executable, *arguments, "--port", str(port)])


if __name__ == "__main__":
    main()
