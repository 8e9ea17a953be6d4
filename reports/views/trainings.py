"""Courses and who was there: by code, or by presence in a training room; confirmed by staff."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, staff_only
from foundation import clock
from foundation.refusals import Refused
from reports import registers
from reports.actions import looking, trainings
from reports.courses import held as courses_held
from reports.courses import one as course_held
from reports.doors import entered, kept_program, onward, register_page
from reports.forms import AttendanceForm, TrainingForm
from reports.registers import KEEPERS
from reports.views.registers import reason_of

LONGEST = 19  # digits that a database's number may have


@staff_only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def courses(request: HttpRequest) -> HttpResponse:
    """What was held, with 延べ and 実; a course is entered here."""
    viewer, program, programs = kept_program(request)
    form = TrainingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        course = trainings.Course(**form.cleaned_data)
        if entered(
            form,
            lambda: trainings.hold_training(
                viewer, program=program.pk, course=course, now=clock.now()
            ),
        ):
            return onward("reports-trainings", program=program, said="entered")
    context = {
        "program": program,
        "programs": programs,
        "rows": courses_held(viewer, program, now=clock.now()),
        "form": form,
    }
    return register_page(request, "trainings", context, form)


@staff_only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
@noted_look
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """One course: who was there, and who was in its room (`?room=&day=`)."""
    viewer = viewer_of_request(request)
    row = registers.training(viewer, pk)
    form = AttendanceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if entered(
            form,
            lambda: trainings.confirm_attendance(
                viewer, program=row.program_id, training=pk, day=told["day"],
                typed=told["typed"].splitlines(), now=clock.now(),
            ),
        ):  # fmt: skip
            return onward("reports-training", pk, program=row.program, said="entered")
    held = course_held(viewer, row, now=clock.now())
    context = {
        "program": row.program,
        "training": row,
        "held": held,
        "there": registers.attendances(row) if held.keeps else [],
        "rooms": registers.rooms(row.program) if row.online else [],
        "days": registers.days_proposed(row),
        "form": form,
    }
    if "room" in request.GET:
        context["proposed"] = looking.at_presence(
            viewer, row, room=_number(request.GET, "room"), day=_number(request.GET, "day"),
            now=clock.now(),
        )  # fmt: skip
    return register_page(request, "training", context, form)


@staff_only(*KEEPERS)
@require_POST
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm those of the people whom a room proposed."""
    viewer = viewer_of_request(request)
    row = registers.training(viewer, pk)
    trainings.confirm_presence(
        viewer, program=row.program_id, training=pk, day=_number(request.POST, "day"),
        room=_number(request.POST, "room"),
        participants={
            int(one)
            for one in request.POST.getlist("there")
            if one.isascii() and one.isdigit() and len(one) < LONGEST
        },
        now=clock.now(),
    )  # fmt: skip
    return onward("reports-training", pk, program=row.program, said="entered")


@staff_only(*KEEPERS)
@require_POST
def withdraw(request: HttpRequest, pk: int, attendance: int) -> HttpResponse:
    """An attendance that was confirmed by mistake."""
    viewer = viewer_of_request(request)
    row = registers.training(viewer, pk)
    trainings.withdraw_attendance(
        viewer, program=row.program_id, attendance=attendance, reason=reason_of(request),
        now=clock.now(),
    )  # fmt: skip
    return onward("reports-training", pk, program=row.program, said="withdrawn")


def _number(given: QueryDict, name: str) -> int:
    text = given.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("not_found")
    return int(text)
