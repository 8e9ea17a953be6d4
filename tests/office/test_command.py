"""`manage.py import_agencies`: tries first, applies when it is meant, and is in the log."""

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from foundation import tables
from programs import queries
from programs.actions import imports
from tests.cast import make_program
from tests.foundation.books import book
from tests.programs.test_import import HEAD, HIMEJI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("towns")]


def names(program) -> list[str]:
    return [one.name for one in queries.agencies(program.pk).agencies]


def test_the_command_tries_first_and_applies_when_it_is_meant(program, tmp_path, capsys):
    file = tmp_path / "一覧.csv"
    file.write_bytes("\r\n".join([HEAD, HIMEJI]).encode("cp932"))
    call_command("import_agencies", str(file))
    assert "追加 1" in capsys.readouterr().out
    assert names(program) == []
    call_command("import_agencies", str(file), "--apply", "--program", "hyogo")
    assert names(program) == ["ひめじ相談室"]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.role, entry.verb) == (None, "command", "import")


def test_the_command_says_which_line_is_wrong_and_takes_nothing(program, tmp_path):
    file = tmp_path / "一覧.xlsx"
    head = HEAD.split(",")
    file.write_bytes(book([list(head), [*HIMEJI.split(",")[:-1], 46113], ["役所"]]))
    with pytest.raises(CommandError, match=r"3行目: 種別"):
        call_command("import_agencies", str(file), "--apply")
    assert names(program) == []


def test_the_command_asks_whose_list_it_is_when_there_are_two(program, tmp_path):
    make_program("kochi")
    with pytest.raises(CommandError, match="--program"):
        call_command("import_agencies", str(tmp_path / "x.csv"))


def test_a_list_that_waits_is_replaced_only_when_it_is_said(program, tmp_path, now):
    table = tables.read("\n".join([HEAD, HIMEJI]).encode())
    imports.stage(program=program.pk, table=table, file_name="", now=now)
    file = tmp_path / "x.csv"
    file.write_bytes("\r\n".join([HEAD, HIMEJI]).encode("cp932"))
    with pytest.raises(CommandError, match="--replace"):
        call_command("import_agencies", str(file), "--apply")
    assert names(program) == []
    call_command("import_agencies", str(file), "--apply", "--replace")
    assert names(program) == ["ひめじ相談室"]
