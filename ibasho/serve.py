"""The launcher: `python -m ibasho.serve --server daphne|uvicorn`.

It opens the house (hub, writer, rounds) without waiting for a visitor, which daphne, having no
lifespan, can't, and on SIGTERM stops accepting, empties the writer and says goodbye.
"""

import argparse
import os
import resource
import sys

import django


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="ibasho.serve")
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    asked = parser.parse_args()
    # A socket is an open file, and the usual first limit is a thousand.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")
    # The house is built of models: they must be ready before any of it is imported.
    django.setup()
    if asked.server == "daphne":
        from ibasho.on_daphne import serve
    else:
        from ibasho.on_uvicorn import serve
    serve(host=asked.host, port=asked.port)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - said before anything else fails obscurely
        sys.exit("Python 3.11 or newer is needed.")
    main()
