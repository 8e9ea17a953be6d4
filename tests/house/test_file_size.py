"""A file fits into a head."""

from statistics import median

from tests.house.tree import ROOT, files, named

MOST = 400


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_400_lines():
    written = [
        path
        for path in files(".py", ".js", ".mjs", ".css", ".html")
        if "migrations" not in path.relative_to(ROOT).parts
    ]
    assert len(written) > 50, "the files weren't found"
    long = {named(path): lines(path) for path in written if lines(path) > MOST}
    assert not long


def test_the_ordinary_file_is_far_shorter():
    assert median(lines(path) for path in files(".py")) < MOST / 2
