"""A file that was taken in by mistake is taken back as a whole, and can come again."""

from datetime import timedelta

import pytest
from django.core.management import CommandError

from accounts.states import Role
from accounts.viewer import Grant, Viewer
from audit.models import AuditEntry
from foundation.refusals import Refused
from ledger.models import Entry
from ledger.queries import verify
from ledger.states import Reason
from programs.models import Program
from reports.actions.imports import apply_records, stage_records
from reports.actions.taking_back import take_back
from reports.models import RecordImport
from reports.taken_in import lately, taken_in
from tests.cast import make_staff, signed_in_as
from tests.reports.test_import import HEAD, taken
from tests.reports.test_import_page import GOOD, send

pytestmark = pytest.mark.django_db
ROWS = (
    "2021-03-31,consultation,kochi,392014,phone,yes,family,K-1,,2,",
    "2021-03-31,new_case,hyogo,,phone,yes,self,H-1,,1,",
    "2021-04-01,new_case,kochi,392014,phone,yes,self,K-1,,1,",
)
FILE = "\n".join([HEAD, *ROWS])


@pytest.fixture
def both() -> Viewer:
    kochi = Program.objects.create(slug="kochi", name="高知", prefecture_code="39")
    hyogo = Program.objects.create(slug="hyogo", name="兵庫", prefecture_code="28")
    grants = (Grant(Role.COORDINATOR, kochi.pk), Grant(Role.COUNSELOR, hyogo.pk))
    return Viewer(staff=make_staff("kaede").pk, grants=grants, verified=True)


def take_in(viewer, now) -> int:
    number = stage_records(viewer, data=FILE.encode(), now=now).imported
    apply_records(viewer, imported=number, now=now)
    return number


def test_each_entry_is_countered_with_the_reason_and_the_file_can_come_again(both, now):
    number = take_in(both, now)
    assert [row.pk for row in lately(both).rows] == [number]
    assert taken_in(both, imported=number).sums == [
        ("hyogo", "new_case", 1), ("kochi", "consultation", 1), ("kochi", "new_case", 1),
    ]  # fmt: skip
    assert take_back(both, imported=number, reason=Reason.TWICE, now=now) == 3
    back = Entry.objects.filter(counters__isnull=False)
    assert {(one.program, one.counters, one.reason) for one in back} == {
        ("kochi", 1, "twice"), ("kochi", 2, "twice"), ("hyogo", 1, "twice"),
    }  # fmt: skip
    assert {one.confirmed_by for one in back} == {str(both.staff)}
    assert sum(one.quantity for one in Entry.objects.all()) == 0
    assert not any(one.broken for one in verify())
    assert AuditEntry.objects.filter(verb="withdraw", object_type="import").count() == 2
    assert lately(both).rows == []
    take_in(both, now)
    assert sum(one.quantity for one in Entry.objects.all()) == 4
    with pytest.raises(Refused, match="not_found"):
        take_back(both, imported=number, reason=Reason.TWICE, now=now)


def test_whoever_may_not_import_in_each_of_its_programs_does_not_take_it_back(both, now):
    number = take_in(both, now)
    half = Viewer(staff=both.staff, grants=both.grants[:1], verified=True)
    assert lately(half).rows == []
    with pytest.raises(Refused, match="not_found"):
        take_back(half, imported=number, reason=Reason.TWICE, now=now)
    assert RecordImport.objects.get(pk=number).taken_back_at is None


def test_the_command_takes_a_file_back(tmp_path):
    with pytest.raises(CommandError, match="取り込まれていません"):
        taken(tmp_path, FILE, "--take-back", "mistyped")
    taken(tmp_path, FILE)
    assert "3件" in taken(tmp_path, FILE, "--take-back", "mistyped")
    assert not any(one.broken for one in verify())
    taken(tmp_path, FILE)
    assert Entry.objects.count() == 9


def test_the_page_asks_for_a_reason_and_shows_numbers_to_whoever_brought_it(mori):
    client = signed_in_as(mori)
    number = send(client, GOOD).context["laid"].imported
    client.post(f"/reports/import/{number}/apply/")
    address = f"/reports/import/{number}/"
    assert address in client.get("/reports/import/").content.decode()
    assert "記録の数" in client.get(address).content.decode()
    assert client.post(address).status_code == 422
    assert client.post(address, {"reason": "smile"}).status_code == 422
    RecordImport.objects.update(by="somebody else")
    assert "記録の数" not in client.get(address).content.decode()
    assert client.post(address, {"reason": "twice"}).status_code == 303
    assert client.get(address).status_code == 404
    assert "取り消しの記録" in client.get("/reports/import/?back=1").content.decode()


def test_every_file_is_reached_page_by_page_and_others_take_no_place(both, now):
    numbers = []
    for at in range(24):
        file = f"{HEAD}\n2021-03-31,consultation,kochi,392014,phone,yes,family,K-{at},,2,"
        brought = stage_records(both, data=file.encode(), now=now).imported
        # Two at one instant: none of them is lost where a page ends.
        apply_records(both, imported=brought, now=now + timedelta(minutes=at // 2))
        numbers.append(brought)
        if at % 2:
            take_in_of_hyogo(both, at, now + timedelta(minutes=at // 2))
    half = Viewer(staff=both.staff, grants=both.grants[:1], verified=True)
    first = lately(half)
    second = lately(half, after=first.last)
    assert [row.pk for row in first.rows] == sorted(numbers)[:3:-1]
    assert [row.pk for row in second.rows] == sorted(numbers)[3::-1]
    assert second.last is None


def take_in_of_hyogo(viewer, at, now) -> None:
    file = f"{HEAD}\n2021-03-31,new_case,hyogo,,phone,yes,self,H-{at},,1,"
    number = stage_records(viewer, data=file.encode(), now=now).imported
    apply_records(viewer, imported=number, now=now)


def test_the_page_leads_to_older_files(mori):
    client = signed_in_as(mori)
    number = send(client, GOOD).context["laid"].imported
    client.post(f"/reports/import/{number}/apply/")
    page = client.get(f"/reports/import/?after={number}").content.decode()
    assert "いちばん新しいもの" in page
    assert f"/reports/import/{number}/" not in page
    assert client.get("/reports/import/?after=x").status_code == 200
