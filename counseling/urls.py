"""Door plates of counseling."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from counseling.views import case, desk, emergencies, gatherings, hours, needs, own


class Code(StringConverter):
    """A case's code."""

    regex = "[0-9]{7}"


register_converter(Code, "code")

urlpatterns = [
    path("counseling/ask/", own.ask, name="counseling-ask"),
    path("counseling/ask/passphrase/", own.passphrase, name="counseling-passphrase"),
    path("counseling/mine/", own.mine, name="counseling-mine"),
    path("counseling/mine/<code:code>/", own.own, name="counseling-own"),
    path("counseling/mine/<code:code>/say/", own.say, name="counseling-say"),
    path("counseling/mine/<code:code>/report/", own.report, name="counseling-report"),
    path("counseling/mine/<code:code>/deposit/", own.deposit, name="counseling-deposit"),
    path("counseling/mine/<code:code>/take-back/", own.take_back, name="counseling-take-back"),
    path("counseling/mine/<code:code>/withdraw/", own.withdraw, name="counseling-withdraw"),
    path(
        "counseling/invitations/<number:number>/", own.invitation, name="counseling-invitation"
    ),
    path("counseling/invitations/", desk.invite, name="counseling-invite"),
    path("counseling/desk/", desk.inbox, name="counseling-desk"),
    path("counseling/desk/occasions/", desk.occasion, name="counseling-occasion"),
    path("counseling/desk/occasions/import/", desk.bring, name="counseling-bring"),
    path(
        "counseling/desk/occasions/import/<number:number>/apply/",
        desk.apply_list,
        name="counseling-bring-apply",
    ),
    path(
        "counseling/desk/occasions/import/<number:number>/drop/",
        desk.drop_list,
        name="counseling-bring-drop",
    ),
    path("counseling/desk/absences/", desk.absences, name="counseling-absences"),
    path(
        "counseling/desk/hand-overs/<number:number>/accept/", desk.accept,
        name="counseling-accept",
    ),
    path(
        "counseling/desk/hand-overs/<number:number>/decline/", desk.decline,
        name="counseling-decline",
    ),
    path("calendar/", hours.calendar, name="days-ahead"),
    path("counseling/desk/hours/", hours.drop_in, name="counseling-hours"),
    path(
        "counseling/desk/hours/<number:number>/remove/", hours.remove,
        name="counseling-hours-remove",
    ),
    path(
        "counseling/desk/gatherings/", gatherings.gatherings, name="counseling-gatherings"
    ),
    path(
        "counseling/desk/gatherings/<number:number>/remove/", gatherings.remove,
        name="counseling-gathering-remove",
    ),
    path("counseling/desk/needs/", needs.every, name="counseling-needs"),
    path(
        "counseling/desk/needs/<code:code>/hear/", needs.hear, name="counseling-needs-hear"
    ),
    path("counseling/desk/emergencies/", emergencies.every, name="counseling-emergencies"),
    path(
        "counseling/desk/emergencies/<number:number>/", emergencies.one,
        name="counseling-emergency",
    ),
    path(
        "counseling/desk/emergencies/<number:number>/agree/", emergencies.agree,
        name="counseling-emergency-agree",
    ),
    path(
        "counseling/desk/emergencies/<number:number>/decline/", emergencies.decline,
        name="counseling-emergency-decline",
    ),
    path(
        "counseling/desk/emergencies/<number:number>/alone/", emergencies.go_alone,
        name="counseling-emergency-alone",
    ),
    path(
        "counseling/desk/emergencies/<number:number>/withdraw/", emergencies.withdraw,
        name="counseling-emergency-withdraw",
    ),
    path(
        "counseling/desk/emergencies/<number:number>/open/", emergencies.open_details,
        name="counseling-emergency-open",
    ),
    path(
        "counseling/desk/emergencies/<number:number>/told/", emergencies.told,
        name="counseling-emergency-told",
    ),
    path(
        "counseling/desk/emergencies/<number:number>/review/", emergencies.review,
        name="counseling-emergency-review",
    ),
    path(
        "counseling/desk/emergencies/<number:number>/release/", emergencies.release,
        name="counseling-emergency-release",
    ),
    path("counseling/desk/<code:code>/", case.case, name="counseling-case"),
    path("counseling/desk/<code:code>/take/", desk.take, name="counseling-take"),
    path("counseling/desk/<code:code>/answer/", case.answer, name="counseling-answer"),
    path("counseling/desk/<code:code>/talk/", case.follow, name="counseling-talk"),
    path("counseling/desk/<code:code>/ask-in/", case.ask_in, name="counseling-ask-in"),
    path("counseling/desk/<code:code>/let-go/", case.let_go, name="counseling-let-go"),
    path("counseling/desk/<code:code>/seen/", case.seen, name="counseling-seen"),
    path("counseling/desk/<code:code>/describe/", case.describe, name="counseling-describe"),
    path("counseling/desk/<code:code>/close/", case.close, name="counseling-close"),
    path("counseling/desk/<code:code>/reopen/", case.reopen, name="counseling-reopen"),
    path("counseling/desk/<code:code>/notes/", case.note, name="counseling-note"),
    path(
        "counseling/desk/<code:code>/notes/<number:number>/erase/", case.erase_note,
        name="counseling-note-erase",
    ),
    path("counseling/desk/<code:code>/steps/", case.step, name="counseling-step"),
    path(
        "counseling/desk/<code:code>/steps/<number:number>/done/", case.finish_step,
        name="counseling-step-done",
    ),
    path(
        "counseling/desk/<code:code>/occasions/<number:number>/confirm/", case.confirm,
        name="counseling-confirm",
    ),
    path(
        "counseling/desk/<code:code>/occasions/<number:number>/void/", case.void,
        name="counseling-void",
    ),
    path("counseling/desk/<code:code>/hand-over/", case.offer, name="counseling-offer"),
    path(
        "counseling/desk/<code:code>/hand-over/<number:number>/withdraw/", case.withdraw_offer,
        name="counseling-offer-withdraw",
    ),
    path("counseling/desk/<code:code>/merge/", case.merge, name="counseling-merge"),
    path("counseling/desk/<code:code>/unmerge/", case.unmerge, name="counseling-unmerge"),
    path("counseling/desk/<code:code>/details/", case.open_details, name="counseling-details"),
]  # fmt: skip
