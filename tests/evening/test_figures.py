"""Figures in a real browser: every page at a desk and on A4, kept as pictures to look at."""

import asyncio
import re

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.browsers import NewContext
from tests.evening.people import PICTURES, picture
from tests.evening.test_every_page import RULES, Watch
from tests.evening.test_office import coordinator, sign_in
from tests.live import House

# A year as a program has it: a register, a course, a visit, a run; closed, checked, published.
A_YEAR = """
from datetime import UTC, date, datetime
from django.db import transaction
from accounts.models import Staff
from ledger.entries import Fact, enter_all
from ledger.states import Kind
from ledger.subjects import subject_of
from programs.models import Municipality, Program
from reports.actions import closings, effects, publications, sites, supports, trainings
from reports.models import Closing, Install
from reports.states import Point, SiteKind, Stage
from tests.cast import staff_viewer
hyogo = Program.objects.get(slug="hyogo")
me = staff_viewer(Staff.objects.get(username="hyogo-coordinator"))
at = datetime(2021, 3, 20, tzinfo=UTC)
towns = list(Municipality.objects.filter(code__startswith="28").order_by("code")[:8])
for town in towns[:3]:
    sites.list_baseline(me, program=hyogo.pk, kind=SiteKind.IBASHO, municipality=town.code,
        on=date(2019, 4, 1), now=at)
for number, town in enumerate(towns[3:]):
    sites.open_site(me, program=hyogo.pk, now=at, sign=sites.Sign(kind=SiteKind.IBASHO,
        municipality=town.code, name=f"居場所 ひだまり{number}", online=number == 2,
        opened_on=date(2020, 6 + number, 1), operator="特定非営利活動法人 ひだまりの会",
        evidence="要綱 第3条・市のページ"))
course = trainings.hold_training(me, program=hyogo.pk, now=at, course=trainings.Course(
    course="craft", name="CRAFT実践者及び支援者研修", held_on=date(2020, 9, 1), days=2))
for day in (1, 2):
    trainings.confirm_attendance(me, program=hyogo.pk, training=course.pk, day=day, now=at,
        typed=[f"T-{one}" for one in range(40 + 5 * day)])
supports.note_support(me, program=hyogo.pk, now=at, occasion=supports.Occasion(
    kind=Kind.ADVISER_SENT, on=date(2020, 10, 1), municipality=towns[3].code,
    by_whom="県の支援センター", words="窓口の要綱のひな形を渡し、担当の課を決めることを話した。",
    stage=Stage.PREPARING))
run = effects.start_run(me, program=hyogo.pk, name="令和2年度 秋の回",
    started_on=date(2020, 10, 1), now=at)
for family in range(14):
    for point, burden in ((Point.BEFORE, 8), (Point.AFTER, 5)):
        effects.record_effect(me, program=hyogo.pk, run=run.pk, now=at, answers=effects.Answers(
            typed=f"F-{family}", point=point, on=date(2020, 10, 2), burden=burden, relation=4))
effects.note_improvement(me, program=hyogo.pk, year=2020, words="夜の回をふやす。", now=at)
Install.objects.create(name="東播磨の会", public_key="a" * 64, joined_at=at)
end = datetime(2021, 4, 20, tzinfo=UTC)
row = closings.close_sheet(me, program=hyogo.pk, sheet="hyogo-2020", year=2020, now=end)
Closing.objects.filter(pk=row.pk).update(checked_by=0, checked_at=end)
publications.write_remarks(me, program=hyogo.pk, closing=row.pk, now=end, words={
    "hyogo.ibasho": "目標を上まわりました。小さな町での設置が、これからの課題です。",
    "hyogo.craft": "オンラインの研修をふやします。"})
publications.publish(me, program=hyogo.pk, closing=row.pk, now=end)
print(course.pk, run.pk, row.pk)
"""
PUBLIC = {"published": "/published/", "published-sheet": "/published/hyogo-2020/"}
# The width of A4 within its margins, at 96 dots to an inch.
DESK, ACROSS = {"width": 1366, "height": 768}, {"width": 1032, "height": 703}


async def at_a_desk(page: Page, name: str) -> list[str]:
    """What is wrong: wider than the window, or minded by axe. Kept as a picture."""
    wrong = []
    if (wide := await page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        wrong.append(f"{name} is {wide} px wider than the window")
    found = await Axe().run(page, options=RULES)
    if found.violations_count:
        wrong.append(f"{name}: {found.generate_report()}")
    await picture(page, f"figures-desk-{name}")
    return wrong


async def on_paper(page: Page, name: str) -> list[str]:
    """What is wrong on A4: cut off at the side, or a menu or button. A picture and a PDF."""
    wrong = []
    await page.set_viewport_size(ACROSS)
    await page.emulate_media(media="print")
    if (wide := await page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        wrong.append(f"{name} is {wide} px wider than A4")
    cut = await page.evaluate(
        "[...document.querySelectorAll('main .wide')].filter(one => one.scrollWidth >"
        " one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible').length"
    )
    if cut:
        wrong.append(f"{name}: {cut} tables are cut off on paper")
    shown = await page.evaluate(
        "[...document.querySelectorAll('.top, .not-printed')].filter(one => one.offsetHeight)"
        ".length"
    )
    if shown:
        wrong.append(f"{name}: {shown} things that can't be clicked on paper are printed")
    ink = await page.evaluate("getComputedStyle(document.body).color")
    if max(map(int, re.findall(r"\d+", ink)[:3])) > 80:
        wrong.append(f"{name} prints the night: ink {ink}")
    await page.screenshot(path=PICTURES / f"figures-a4-{name}.png", full_page=True)
    await page.pdf(path=PICTURES / f"figures-a4-{name}.pdf", prefer_css_page_size=True)
    await page.emulate_media(media="screen")
    await page.set_viewport_size(DESK)
    return wrong


async def test_every_page_of_figures_can_be_read_at_a_desk_and_on_paper(
    own_house: House, browser: Browser, desktop: NewContext
) -> None:
    made = await asyncio.to_thread(own_house.manage, "shell", "-v", "0", "-c", A_YEAR)
    course, run, closing = made.stdout.split()
    context = await coordinator(browser, *DESK.values())
    watch = Watch(context, own_house.urls[0])
    page = await sign_in(own_house, context, program="hyogo")
    sheet, wrong = "/reports/kpi/hyogo-2020/", []
    for name, path in {
        "home": "/reports/",
        "sheet": sheet,
        "closed": f"{sheet}?closed=2020",
        "cell": f"{sheet}hyogo.craft/2020/",
        "words": f"{sheet}close/{closing}/words/",
        "usage": "/reports/usage/",
        "sites": "/reports/sites/",
        "trainings": "/reports/trainings/",
        "training": f"/reports/trainings/{course}/",
        "supports": "/reports/supports/",
        "effects": "/reports/effects/",
        "effect": f"/reports/effects/{run}/",
        "breakdown": f"{sheet}breakdown/",
        "returns": "/reports/returns/",
        "sheet-start": "/reports/kpi/",
        "sheet-targets": "/reports/kpi/?model=hyogo-2020&first_year=2023&years=3",
        "import": "/reports/import/",
        "entries": "/reports/entries/",
    }.items():
        answer = await page.goto(own_house.urls[0] + path)
        assert answer is not None and answer.status == 200, path
        wrong += await at_a_desk(page, name) + await on_paper(page, name)
    anybody = await (await desktop()).new_page()
    for name, path in PUBLIC.items():
        await anybody.goto(own_house.urls[0] + path)
        wrong += await at_a_desk(anybody, name) + await on_paper(anybody, name)
    assert "目標を上まわりました" in await anybody.inner_text("main")
    assert wrong == []
    assert watch.strangers == [] and watch.complaints == []
