"""`make check`: style, types, import contracts and the fast tests, one after the other."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS: list[tuple[str, list[str]]] = [
    ("書き方 / style", ["-m", "ruff", "check", "."]),
    ("体裁 / format", ["-m", "ruff", "format", "--check", "."]),
    ("型 / types", ["-m", "mypy"]),
    ("矢印 / floors", ["-c", "from importlinter.cli import lint_imports_command as f; f()"]),
    ("速いテスト / fast tests", ["-m", "pytest", "-q", "-m", "not live and not browser"]),
]


def main() -> int:
    """Every step, also after one failed; 1 if any did."""
    failed = []
    for name, command in STEPS:
        print(f"—— {name}", flush=True)
        env = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        if subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=False).returncode:
            failed.append(name)
    print("だめだったもの / failed: " + ", ".join(failed) if failed else "すべてよし / all is well")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
