"""Door plates of what leads on; `counseling/urls.py` has registered what a code is."""

from django.urls import path

from counseling.views import agency, by_telephone, onward, onward_desk, overdue, steps, visits

_MINE = "counseling/mine/<code:code>/onward/"
_DESK = "counseling/desk/<code:code>/onward/"

urlpatterns = [
    path("steps/", steps.steps, name="steps"),
    path(_MINE, onward.all_of_them, name="counseling-onward"),
    path(f"{_MINE}where/", onward.where, name="counseling-where"),
    path(f"{_MINE}choose/", onward.choose, name="counseling-choose"),
    path(f"{_MINE}<number:number>/", onward.one, name="counseling-onward-one"),
    path(f"{_MINE}<number:number>/words/", onward.words, name="counseling-words"),
    path(f"{_MINE}<number:number>/agree/", onward.agree, name="counseling-agree"),
    path(f"{_MINE}<number:number>/again/", onward.think_again, name="counseling-think-again"),
    path(f"{_MINE}<number:number>/withdraw/", onward.withdraw, name="counseling-take-away"),
    path(f"{_MINE}<number:number>/sheet.pdf", onward.paper, name="counseling-own-sheet"),
    path(
        "counseling/mine/<code:code>/meetings/<number:number>/choose/", onward.choose_time,
        name="counseling-choose-time",
    ),
    path(
        "counseling/mine/<code:code>/meetings/<number:number>/call-off/", onward.call_off,
        name="counseling-call-off",
    ),
    path(
        "counseling/mine/<code:code>/meetings/<number:number>.ics", onward.calendar_file,
        name="counseling-calendar-file",
    ),
    path(_DESK, onward_desk.of_case, name="counseling-desk-onward"),
    path(f"{_DESK}arrived/", onward_desk.arrived, name="counseling-arrived"),
    path(f"{_DESK}<number:number>/", onward_desk.one, name="counseling-desk-onward-one"),
    path(f"{_DESK}<number:number>/aloud/", by_telephone.one, name="counseling-aloud"),
    path(
        f"{_DESK}<number:number>/aloud/words/", by_telephone.words, name="counseling-aloud-words"
    ),
    path(
        f"{_DESK}<number:number>/aloud/agree/", by_telephone.agree, name="counseling-aloud-agree"
    ),
    path(
        f"{_DESK}<number:number>/aloud/again/", by_telephone.again, name="counseling-aloud-again"
    ),
    path(
        f"{_DESK}<number:number>/aloud/withdraw/", by_telephone.withdraw,
        name="counseling-aloud-withdraw",
    ),
    path(
        f"{_DESK}<number:number>/aloud/keep/", by_telephone.keep, name="counseling-aloud-keep"
    ),
    path(f"{_DESK}<number:number>/send/", onward_desk.send, name="counseling-send"),
    path(f"{_DESK}<number:number>/link/", onward_desk.new_link, name="counseling-new-link"),
    path(f"{_DESK}<number:number>/sheet.pdf", onward_desk.paper, name="counseling-sheet"),
    path(f"{_DESK}<number:number>/accept/", onward_desk.accept, name="counseling-accepted"),
    path(f"{_DESK}<number:number>/fail/", onward_desk.fail, name="counseling-failed"),
    path(f"{_DESK}<number:number>/told/", onward_desk.told, name="counseling-told"),
    path(f"{_DESK}<number:number>/linked/", onward_desk.linked, name="counseling-linked"),
    path(f"{_DESK}<number:number>/undo/", onward_desk.undo_linked, name="counseling-undo-linked"),
    path(f"{_DESK}<number:number>/stage/", onward_desk.stage, name="counseling-stage"),
    path(
        "counseling/desk/<code:code>/meetings/", onward_desk.offer_times,
        name="counseling-offer-times",
    ),
    path(
        "counseling/desk/<code:code>/meetings/<number:number>/", onward_desk.settle,
        name="counseling-settle",
    ),
    path(
        "counseling/mine/<code:code>/visits/<number:number>/", visits.own,
        name="counseling-visit-own",
    ),
    path(
        "counseling/mine/<code:code>/visits/<number:number>/agree/", visits.agree,
        name="counseling-visit-agree",
    ),
    path(
        "counseling/mine/<code:code>/visits/<number:number>/call-off/", visits.call_off,
        name="counseling-visit-call-off",
    ),
    path("counseling/desk/<code:code>/visits/", visits.plan, name="counseling-visit-plan"),
    path(
        "counseling/desk/<code:code>/visits/<number:number>/take-off/", visits.take_off,
        name="counseling-visit-take-off",
    ),
    path(
        "counseling/desk/<code:code>/visits/<number:number>/leave-out/", visits.leave_out,
        name="counseling-visit-leave-out",
    ),
    path("counseling/desk/overdue/", overdue.every, name="counseling-overdue"),
    path(
        "counseling/desk/overdue/<number:number>/hear/", overdue.hear,
        name="counseling-overdue-hear",
    ),
    path("counseling/visits/", visits.mine, name="counseling-visits"),
    path(
        "counseling/visits/<number:number>/address/", visits.look, name="counseling-visit-look"
    ),
    path(
        "counseling/visits/<number:number>/check-in/", visits.check_in,
        name="counseling-visit-check-in",
    ),
    path(
        "counseling/visits/<number:number>/check-out/", visits.check_out,
        name="counseling-visit-check-out",
    ),
    path("packet/<str:token>/", agency.code, name="packet"),
    path("packet/<str:token>/sheet/", agency.read, name="packet-sheet"),
    path("packet/<str:token>/sheet.pdf", agency.take, name="packet-pdf"),
    path("packet/<str:token>/accept/", agency.accept, name="packet-accept"),
    path("packet/<str:token>/decline/", agency.decline, name="packet-decline"),
]  # fmt: skip
