"""What the doors of figures share: which program it is about, and how an answer is given."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import messages
from accounts.doors import viewer_of_request
from accounts.viewer import Viewer
from foundation import typed_days
from foundation.printed import CannotPrint, pdf
from foundation.refusals import Refused
from foundation.replies import SeeOther
from programs.models import Program
from reports import guarded, menu, registers, sentences
from reports.policies import must_keep_registers

PAPER = Path(__file__).resolve().parent / "data" / "paper.css"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def at_program(request: HttpRequest) -> tuple[Program, list[Program]]:
    """The program asked for by `?program=`, else the first. Raises `Refused("not_found")`."""
    mine = guarded.programs_of(viewer_of_request(request))
    return _asked_for(request, mine), mine


def kept_program(request: HttpRequest) -> tuple[Viewer, Program, list[Program]]:
    """Whose registers they keep: of `?program=`, else the first. Raises `Refused("not_found")`."""
    viewer = viewer_of_request(request)
    mine = registers.programs_of(viewer)
    one = _asked_for(request, mine)
    must_keep_registers(viewer, program=one.pk)
    return viewer, one, mine


def _asked_for(request: HttpRequest, mine: list[Program]) -> Program:
    asked = request.GET.get("program")
    for one in mine:
        if asked in (None, "", one.slug):
            return one
    raise Refused("not_found")


def entered(form: forms.Form, enter: Callable[[], object]) -> bool:
    """Whether a deed was done; what refuses it is said in its form."""
    try:
        enter()
    except Refused as no:
        words = sentences.of_register(no.code)
        if words is None:
            raise
        form.add_error(None, words)
        return False
    return True


def onward(name: str, *args: object, program: Program, said: str) -> HttpResponse:
    """On to a register's page, which says what was done."""
    return SeeOther(f"{reverse(name, args=args)}?program={program.slug}&said={said}")


def register_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *form: forms.Form
) -> HttpResponse:
    """A page of a register; 422 where one of its forms has something to say."""
    wrong = any(one.is_bound and one.errors for one in form)
    shared = {
        "said": sentences.said(request.GET.get("said", "")),
        "reasons": list(sentences.REASONS.items()),
    }
    return page(request, template, {**shared, **context}, status=422 if wrong else 200)


def day_of(text: str) -> date | None:
    """A day as addresses and forms carry it; None for none. Raises `Refused("no_day")`."""
    if not text:
        return None
    try:
        return typed_days.day_of(text, latest=typed_days.NO_EDGE)
    except ValueError:
        raise Refused("no_day") from None


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of figures."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    opens = {"here": here, "menu": menu.of(viewer_of_request(request))}
    return render(request, f"reports/{template}.html", {**opens, **context}, status=status)


def number_of(text: str) -> int:
    """An evidence number as addresses carry it; 0 for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def year_of(text: str) -> int | None:
    """A fiscal year as addresses and forms carry it; None for none. Raises `Refused("no_year")`."""
    if not text:
        return None
    if len(text) != 4 or not (text.isascii() and text.isdigit() and text[0] == "2"):
        raise Refused("no_year")  # 2000 to 2999: a calendar ends in 9999
    return int(text)


def refused(no: Refused, *, back: str, of_closing: bool = False) -> HttpResponse:
    """A page that says why nothing is shown or done; what isn't for them the door answers."""
    words = sentences.of_closing(no.code) if of_closing else None
    words = words or sentences.sentence(no.code)
    if words is None:
        raise no
    title = "できませんでした" if of_closing else "表示できません"
    return messages.message(title=title, text=words, status=422, back=back)


def file(data: bytes, name: str, kind: str) -> HttpResponse:
    """A download."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def csv_file(request: HttpRequest, text: str, name: str) -> HttpResponse:
    """UTF-8 with BOM; `?encoding=cp932` for older offices, what it lacks as 〓."""
    if request.GET.get("encoding") == "cp932":
        data = b"".join(_cp932(char) for char in text)
        return file(data, name, "text/csv; charset=shift_jis")
    return file(text.encode("utf-8-sig"), name, "text/csv; charset=utf-8")


def _cp932(char: str) -> bytes:
    try:
        return char.encode("cp932")
    except UnicodeEncodeError:
        return "〓".encode("cp932")


def pdf_file(template: str, context: Mapping[str, Any], name: str, *, back: str) -> HttpResponse:
    """A page for paper as PDF, or a page that says why there is none."""
    page = render_to_string(f"reports/{template}.html", dict(context))
    style = PAPER.read_text(encoding="utf-8")
    try:
        data = pdf(page.replace("</head>", f"<style>{style}</style></head>", 1))
    except CannotPrint as no:
        return messages.message(
            title="PDFを作れませんでした", text=no.sentence, status=503, back=back
        )
    return file(data, name, "application/pdf")
