"""Programs: which there are, and one more. For admins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from foundation import clock
from foundation.refusals import Refused
from office import queries
from office.actions.programs import create_program
from office.doors import SESSION_PROGRAM, done
from office.forms.programs import ProgramForm
from office.sentences import sentence
from programs.municipalities import PREFECTURES


@staff_only(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def all_programs(request: HttpRequest) -> HttpResponse:
    """The list and a form; whoever made one goes on to invite its coordinator."""
    viewer = viewer_of_request(request)
    form = ProgramForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_program(viewer, **form.settings(), now=clock.now())
        except Refused as no:
            form.add_error("slug", sentence(no.code))
        else:
            request.session[SESSION_PROGRAM] = made.slug
            return done("manage-invite", said="program_made")
    programs = [
        (one, PREFECTURES[int(one.prefecture_code) - 1]) for one in queries.programs_of(viewer)
    ]
    context = {"form": form, "programs": programs, "here": "manage-programs", "admin": True}
    status = 422 if request.method == "POST" else 200
    return render(request, "office/programs.html", context, status=status)
