"""Door plates of the desk."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from moderation.views import acts, desk, openness, own, queue, review, rota, shifts, standing


class Token(StringConverter):
    """A calendar's secret: 256 bits, base64url."""

    regex = "[A-Za-z0-9_-]{43}"


register_converter(Token, "token")

urlpatterns = [
    path("moderation/", desk.desk, name="desk"),
    path("moderation/queue/", queue.queue, name="desk-queue"),
    path("moderation/queue/together/", queue.together, name="desk-together"),
    path("moderation/choice/", queue.own_choice, name="desk-choice"),
    path("moderation/items/<number:number>/", queue.item, name="item"),
    path("moderation/items/<number:number>/claim/", queue.claim, name="item-claim"),
    path("moderation/items/<number:number>/let-go/", queue.let_go, name="item-let-go"),
    path("moderation/items/<number:number>/settle/", queue.settle, name="item-settle"),
    path("moderation/items/<number:number>/answer/", queue.answer, name="item-answer"),
    path("moderation/items/<number:number>/proposal/", queue.proposal, name="item-proposal"),
    path("moderation/postcards/<number:number>/read/", desk.read_card, name="postcard-read"),
    path("moderation/rooms/", acts.sides, name="desk-rooms"),
    path("moderation/rooms/<number:number>/act/", acts.on_room, name="act-on-room"),
    path("moderation/messages/<number:number>/act/", acts.on_message, name="act-on-message"),
    path("moderation/people/<number:number>/", acts.person, name="person"),
    path("moderation/people/<number:number>/act/", acts.on_person, name="act-on-person"),
    path("moderation/people/<number:number>/recuse/", acts.recuse_from, name="recuse"),
    path("moderation/choice/show-all/", acts.show_all, name="recusals-end"),
    path("moderation/people/<number:number>/propose/", acts.propose, name="propose"),
    path("moderation/acts/", acts.acts, name="acts"),
    path("moderation/acts/<number:number>/undo/", acts.undo_act, name="act-undo"),
    path("moderation/review/", review.review, name="review"),
    path("moderation/review/appeals/<number:number>/", review.appeal, name="appeal"),
    path("moderation/review/items/<number:number>/", review.about_staff, name="about-staff"),
    path(
        "moderation/review/items/<number:number>/claim/", review.claim_about_staff,
        name="about-staff-claim",
    ),
    path(
        "moderation/review/items/<number:number>/let-go/", review.let_go_about_staff,
        name="about-staff-let-go",
    ),
    path(
        "moderation/review/items/<number:number>/settle/", review.settle_about_staff,
        name="about-staff-settle",
    ),
    path("transparency/", openness.transparency, name="transparency"),
    path("standing/", standing.standing, name="standing"),
    path("standing/<number:number>/", standing.one, name="standing-one"),
    path("standing/<number:number>/tell/", standing.tell_of, name="standing-tell"),
    path(
        "standing/<number:number>/answer/tell/", standing.tell_of, {"answer": True},
        name="standing-answer-tell",
    ),
    path("moderation/step-in/", shifts.step_in, name="step-in"),
    path("moderation/handovers/", desk.hand_over, name="handovers"),
    path("moderation/handovers/<number:number>/read/", desk.read_handover, name="handover-read"),
    path("moderation/notices/<number:number>/away/", desk.put_away, name="notice-away"),
    path("moderation/reliefs/<number:number>/take/", desk.take_relief, name="relief-take"),
    path(
        "moderation/reliefs/<number:number>/withdraw/", desk.withdraw_relief,
        name="relief-withdraw",
    ),
    path("moderation/swaps/<number:number>/take/", desk.take_swap, name="swap-take"),
    path("moderation/shifts/<number:number>/", shifts.shift, name="shift"),
    path("moderation/shifts/<number:number>/begin/", shifts.begin, name="shift-begin"),
    path("moderation/shifts/<number:number>/attend/", desk.attend, name="shift-attend"),
    path("moderation/shifts/<number:number>/leave/", desk.leave_room, name="shift-leave-room"),
    path("moderation/shifts/<number:number>/rest/", desk.rest, name="shift-rest"),
    path("moderation/shifts/<number:number>/away/", desk.step_away, name="shift-away"),
    path("moderation/shifts/<number:number>/back/", desk.come_back, name="shift-back"),
    path("moderation/shifts/<number:number>/end/", desk.end, name="shift-end"),
    path("moderation/shifts/<number:number>/relief/", desk.ask_relief, name="shift-relief"),
    path("moderation/shifts/<number:number>/swap/", shifts.ask_swap, name="shift-swap"),
    path(
        "moderation/shifts/<number:number>/swap/withdraw/", shifts.withdraw_swap,
        name="shift-swap-withdraw",
    ),
    path("moderation/shifts/<number:number>/cancel/", shifts.cancel, name="shift-cancel"),
    path("moderation/shifts/<number:number>/debrief/", shifts.debrief, name="shift-debrief"),
    path("moderation/debriefs/", shifts.debriefs, name="debriefs"),
    path("moderation/debriefs/<number:number>/erase/", shifts.erase_debrief, name="debrief-erase"),
    path("moderation/rota/", rota.rota, name="rota"),
    path("moderation/rota/plan/", rota.plan_shift, name="rota-plan"),
    path("moderation/rota/rules/", rota.set_rules, name="rota-rules"),
    path("moderation/rota/patterns/", rota.patterns, name="rota-patterns"),
    path(
        "moderation/rota/patterns/<number:number>/remove/", rota.remove_pattern,
        name="pattern-remove",
    ),
    path("moderation/rota/preview/", rota.preview, name="rota-preview"),
    path("moderation/called/", own.called, name="called"),
    path("moderation/alerts/", own.alerts, name="alerts"),
    path("moderation/alerts/test/", own.try_alarm, name="alarm-test"),
    path(
        "moderation/alerts/tests/<number:number>/acknowledge/", desk.acknowledge_test,
        name="alarm-acknowledge",
    ),
    path("moderation/alerts/mail/", own.tell_mail, name="alert-mail"),
    path("moderation/alerts/push/", own.add_push, name="push-add"),
    path("moderation/alerts/push/<number:number>/remove/", own.remove_push, name="push-remove"),
    path("moderation/alerts/worker.js", own.push_worker, name="push-worker"),
    path("moderation/calendar/", own.calendar, name="calendar"),
    path("moderation/calendar/revoke/", own.revoke_calendar, name="calendar-revoke"),
    path("moderation/calendar/<token:token>.ics", own.calendar_file, name="calendar-file"),
]  # fmt: skip
