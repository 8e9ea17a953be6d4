"""The house names no machine it was built on, and no secret lies in it."""

import re
import subprocess

from tests.house.tree import ROOT

# Paths of a builder's machine, keys, and addresses of package mirrors.
FOREIGN = re.compile(
    r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/|-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}"
    r"|--(?:extra-)?index-url|--find-links|file:///"
)


def tracked() -> list[str]:
    """What git tracks or would track; without git, nothing is checked and the count says so."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_builders_machine():
    itself = "tests/house/test_house_names.py"
    found = {}
    for name in tracked():
        data = (ROOT / name).read_bytes()
        if name == itself or b"\0" in data[:1000]:
            continue
        if hit := FOREIGN.search(data.decode("utf-8", "replace")):
            found[name] = hit.group()
    assert not found


def test_nothing_that_a_running_house_keeps_is_tracked():
    assert not [
        name
        for name in tracked()
        if name.startswith(("var/", ".venv/")) or name.endswith((".sqlite3", "demo.json", ".pem"))
    ]
