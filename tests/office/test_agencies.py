"""Agencies, places and texts at the desk: by form, by file, two at once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import AuditEntry
from programs import agency_rows
from programs.models import Agency, AgencyImport, Place, Text
from tests.foundation.books import book
from tests.office.desk import fields, send, words
from tests.programs.test_places import SECRET, jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("towns")]

HEAD = "種別,名前,市町村コード,電話,出典,確認日"
GOOD = "市町村ひきこもり相談窓口,ひめじ相談室,282014,079-221-0000,市のページ,2026-04-01"
BAD = "家族会,神戸の家族会,28100,78000000,会のページ,2026-04-01"
WORSE = "なぞの会,<b>会</b>,281000,,会のページ,いつか"


IMPORT = "/manage/agencies/import/"


def upload(desk: Client, data: bytes, name: str = "一覧.csv"):
    return send(desk, IMPORT, file=SimpleUploadedFile(name, data))


def csv(*rows: str) -> bytes:
    return "\r\n".join([HEAD, *rows]).encode("cp932")


def part(page: str, which: str) -> str:
    """The address of the form that does this with the waiting list."""
    return next(a for a in page.split('"') if a.endswith(f"/{which}/"))


def test_a_file_with_two_bad_rows_is_mended_on_the_page_and_taken_in(desk: Client, mori):
    assert upload(desk, csv(GOOD, BAD, WORSE)).status_code == 303
    page = desk.get("/manage/agencies/import/").content.decode()
    assert "3行目" in page and "4行目" in page
    assert "先頭の0" in page and "&lt;b&gt;" in page and "<b>会" not in page
    assert not Agency.objects.standing().exists()
    assert "/apply/" not in page

    mend = part(page, "mend")
    answer = desk.post(mend, {**fields(page, mend), "cell-3-municipality": "281000"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="78000000"' in page, "what wasn't mended stays as it was typed"
    answer = desk.post(
        mend, {**fields(page, mend), "cell-3-telephone": "078-000-0000", "out-4": "on"}
    )
    assert answer.status_code == 303
    page = desk.get("/manage/agencies/import/").content.decode()
    apply = part(page, "apply")
    assert desk.post(apply, fields(page, apply)).status_code == 303
    names = Agency.objects.standing().order_by("pk").values_list("name", flat=True)
    assert list(names) == ["ひめじ相談室", "神戸の家族会"]
    entry = AuditEntry.objects.get(verb="import")
    assert entry.values == {"added": 2, "changed": 0, "same": 0}
    assert desk.post(apply, fields(page, apply)).status_code == 422, "once is enough"


def test_two_who_mend_one_list_lose_no_word(desk: Client, other_desk: Client):
    upload(desk, csv(GOOD, BAD, WORSE))
    page = desk.get("/manage/agencies/import/").content.decode()
    mend = part(page, "mend")
    seen = fields(page, mend)
    assert desk.post(mend, {**seen, "out-4": "on"}).status_code == 422
    answer = other_desk.post(mend, {**seen, "cell-3-municipality": "281000"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "ほかの人が、この一覧の行を直しました" in page
    assert 'value="281000"' in page


def test_a_list_that_waits_is_replaced_only_by_who_saw_it(desk: Client, other_desk: Client):
    unseen = fields(other_desk.get(IMPORT).content.decode(), IMPORT)
    upload(desk, csv(GOOD, BAD))
    file = SimpleUploadedFile("べつ.csv", csv(GOOD))
    answer = other_desk.post(IMPORT, {**unseen, "file": file})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "もう待っています" in page and "一覧.csv" in page
    assert AgencyImport.objects.get(dropped_at=None).bad
    file = SimpleUploadedFile("べつ.csv", csv(GOOD))
    assert other_desk.post(IMPORT, {**fields(page, IMPORT), "file": file}).status_code == 303
    assert AgencyImport.objects.get(dropped_at=None).file_name == "べつ.csv"


def test_an_excel_file_is_taken_in_the_same_way(desk: Client):
    rows = [HEAD.split(","), [*GOOD.split(",")[:-1], 46113]]
    assert upload(desk, book(rows), "一覧.xlsx").status_code == 303
    assert "ひめじ相談室" in desk.get("/manage/agencies/import/").content.decode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空です"),
        ("種別,なまえ\nx,y\n".encode(), "なまえ"),
        (b"\xd0\xcf\x11\xe0old", "古いExcel"),
        (b"x" * 5_000_001, "大きすぎ"),
    ],
)
def test_a_file_that_is_no_list_is_told_why(desk: Client, data: bytes, says: str):
    answer = upload(desk, data)
    assert answer.status_code == 422 and says in words(answer)


def test_no_file_at_all_is_told(desk: Client):
    answer = send(desk, "/manage/agencies/import/")
    assert answer.status_code == 422 and "えらんで" in words(answer)


def test_a_list_may_be_let_go(desk: Client):
    upload(desk, csv(GOOD))
    page = desk.get("/manage/agencies/import/").content.decode()
    drop = part(page, "drop")
    assert desk.post(drop, fields(page, drop)).status_code == 303
    assert not Agency.objects.exists()


def test_the_files_that_are_given_out_are_read_again(desk: Client):
    template = desk.get("/manage/agencies/template.csv")
    assert template["Content-Disposition"].startswith("attachment")
    assert upload(desk, template.content).status_code == 303
    page = desk.get("/manage/agencies/import/").content.decode()
    apply = part(page, "apply")
    desk.post(apply, fields(page, apply))
    listed = desk.get("/manage/agencies/list.csv").content.decode("utf-8-sig")
    assert agency_rows.EXAMPLE[1] in listed


@pytest.fixture
def himeji(desk: Client) -> Agency:
    answer = send(
        desk, "/manage/agencies/new/", kind="town_desk", name="ひめじ相談室",
        municipality="282014", hours_text="平日 9時〜17時", accepts=["person", "family"],
        source="市のページ", verified_on="2026-04-01",
    )  # fmt: skip
    assert answer.status_code == 303, words(answer)
    return Agency.objects.get()


def test_an_agency_by_form_is_as_strict_as_by_file(desk: Client, himeji: Agency):
    assert himeji.hours == [[[0, 1, 2, 3, 4], "09:00", "17:00"]]
    address = f"/manage/agencies/{himeji.pk}/"
    answer = send(desk, address, telephone="792210000", verified_on="2999-01-01")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "先頭の0が消えて" in page and "きょうより後" in page
    assert 'value="792210000"' in page
    assert send(desk, address, telephone="079-221-0000").status_code == 303
    assert Agency.objects.get().telephone == "079-221-0000"


def test_the_same_agency_twice_is_told_at_the_name(desk: Client, himeji: Agency):
    answer = send(
        desk, "/manage/agencies/new/", kind="town_desk", name="ひめじ　相談室",
        municipality="282014", source="市のページ", verified_on="2026-04-01",
    )  # fmt: skip
    assert answer.status_code == 422 and "もうあります" in words(answer)


def test_two_who_change_an_agency(desk: Client, other_desk: Client, himeji: Agency):
    address = f"/manage/agencies/{himeji.pk}/"
    before = fields(other_desk.get(address).content.decode(), address)
    assert send(desk, address, note="もりの説明").status_code == 303
    answer = other_desk.post(address, {**before, "note": "きくの説明"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "もりの説明" in page and page.count("きくの説明") == 2, "in the table and in the field"
    old = {"remove-version": before["version"], "remove-sure": "on", "remove-reason": "閉じた"}
    refused = other_desk.post(f"{address}remove/", old)
    assert refused.status_code == 422 and "まだ消していません" in words(refused)
    assert Agency.objects.standing().exists()
    assert other_desk.post(address, fields(page, address)).status_code == 303
    assert Agency.objects.get().note == "きくの説明"


def test_what_an_agency_was_and_why_it_goes_stand_in_the_log(desk: Client, himeji: Agency):
    made = AuditEntry.objects.get(verb="create", object_type="agency")
    assert made.values["name"] == [None, "ひめじ相談室"]
    assert made.values["verified_on"] == [None, "2026-04-01"]
    address = f"/manage/agencies/{himeji.pk}/"
    for typed in ({"sure": "on"}, {"reason": "閉じました"}):
        told = {f"remove-{name}": word for name, word in typed.items()}
        answer = send(desk, address, to=f"{address}remove/", **told)
        assert answer.status_code == 422
        assert Agency.objects.standing().exists()
    told = {"remove-sure": "on", "remove-reason": "閉じました"}
    assert send(desk, address, to=f"{address}remove/", **told).status_code == 303
    assert not Agency.objects.standing().exists()
    entry = AuditEntry.objects.get(verb="remove", object_type="agency")
    assert entry.reason == "閉じました"
    assert entry.values["name"] == ["ひめじ相談室", None]


def test_agencies_are_found_by_words_and_town(desk: Client, himeji: Agency):
    def found(query: str) -> bool:
        return "ひめじ相談室" in desk.get(f"/manage/agencies/?{query}").content.decode()

    assert found("words=相談室") and found("town=282014") and found("page=abc")
    assert not found("words=神戸") and not found("town=281000") and not found("page=2")


@pytest.fixture
def place(desk: Client) -> Place:
    answer = send(
        desk, "/manage/places/new/", name="姫路の居場所", municipality="282014", run_by="会",
        way="駅の北口を出て、左へ。", source="会のページ", verified_on="2026-04-01",
    )  # fmt: skip
    assert answer.status_code == 303, words(answer)
    return Place.objects.get()


def test_why_a_place_goes_stands_in_the_log(desk: Client, place: Place):
    address = f"/manage/places/{place.pk}/"
    for typed in ({"sure": "on"}, {"reason": "閉じました"}):
        told = {f"remove-{name}": word for name, word in typed.items()}
        answer = send(desk, address, to=f"{address}remove/", **told)
        assert answer.status_code == 422
    told = {"remove-sure": "on", "remove-reason": "閉じました"}
    assert send(desk, address, to=f"{address}remove/", **told).status_code == 303
    entry = AuditEntry.objects.get(verb="remove", object_type="place")
    assert entry.reason == "閉じました"
    assert entry.values["name"] == ["姫路の居場所", None]
    made = AuditEntry.objects.get(verb="create", object_type="place")
    assert made.values["run_by"] == [None, "会"]


def test_a_place_gets_a_picture_with_words_and_without_the_cameras(desk: Client, place: Place):
    address = f"/manage/places/{place.pk}/"

    def add(data: bytes, text: str):
        file = SimpleUploadedFile("../../IMG_0001 aoi.jpg", data)
        return send(desk, address, to=f"{address}pictures/", picture=file, words=text)

    assert "ことばで書いて" in words(add(jpeg(), " "))
    assert "JPEG・PNG・WebP" in words(add(b"<svg/>", "入口"))
    assert add(jpeg(), "入口").status_code == 303
    page = desk.get(address).content.decode()
    source = next(a for a in page.split('"') if a.startswith("/pictures/"))
    kept = Client().get(source).content
    assert SECRET not in kept and "IMG_0001" not in page
    remove = part(page.split('class="pictures"')[1], "remove")
    sent = fields(page, remove)
    reason = next(name for name in sent if name.endswith("-reason"))
    answer = desk.post(remove, sent)
    assert answer.status_code == 422 and Client().get(source).status_code == 200
    assert 'class="wrong"' in answer.content.decode().split('class="pictures"')[1]
    assert desk.post(remove, {**sent, reason: "人が写っていた"}).status_code == 303
    assert Client().get(source).status_code == 404
    added, gone = AuditEntry.objects.filter(verb__endswith="_picture").order_by("pk")
    name = source.rpartition("/")[2]
    assert added.values == {"picture": [None, name], "words": [None, "入口"]}
    assert gone.values == {"picture": [name, None], "words": ["入口", None]}
    assert gone.reason == "人が写っていた"


def test_a_text_is_looked_at_before_it_is_kept_and_never_lost(desk: Client, other_desk: Client):
    address = "/manage/texts/rules/"
    before = fields(other_desk.get(address).content.decode(), address)
    answer = send(desk, address, body="ひとつめ\n\n<i>ふたつめ</i>", preview="on")
    assert answer.status_code == 200 and "&lt;i&gt;ふたつめ" in answer.content.decode()
    assert not Text.objects.exists()
    assert send(desk, address, body="もりの約束").status_code == 303
    assert "もりの約束" in Client().get("/enter/").content.decode()
    answer = other_desk.post(address, {**before, "body": "きくの約束"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "もりの約束" in page and page.count("きくの約束") == 2
    assert other_desk.post(address, fields(page, address)).status_code == 303
    assert [one.body for one in Text.objects.order_by("version")] == ["もりの約束", "きくの約束"]
    assert "同じ文章" in words(send(desk, address))
    assert desk.get("/manage/texts/nothing/").status_code == 404
