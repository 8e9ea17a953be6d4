"""The lines of duty in the grid: shifts, the rota, what colleagues ask of each other, calls."""

from tests.house.everyone import OTHER_ROOM, UNASSIGNED, Row, anyone, staff

# The desk of one's own program; what is named there is of `program`.
DESK = staff("supporter", "coordinator", everywhere=True)
KEEPERS = staff("supporter", everywhere=True)
PLANNERS = staff("coordinator", everywhere=True)
DESK_SENT = staff("supporter", "coordinator", code=405, everywhere=True)
# How one is called.
CALLED = ("supporter", "coordinator", "counselor", "reviewer")
CALLABLE = staff(*CALLED, everywhere=True)
CALLABLE_SENT = staff(*CALLED, code=405, everywhere=True)
KEEPERS_SENT = staff("supporter", code=405, everywhere=True)
PLANNERS_SENT = staff("coordinator", code=405, everywhere=True)

DUTY: dict[str, tuple[str, Row]] = {
    # A call leads here: whoever is called and keeps no room is led on.
    "desk": ("/moderation/", DESK | {"counselor": 303, UNASSIGNED: 303, "reviewer": 303}),
    "step-in": ("/moderation/step-in/", KEEPERS),
    "handovers": ("/moderation/handovers/", DESK_SENT),
    "handover-read": ("/moderation/handovers/{handover}/read/", DESK_SENT),
    "notice-away": ("/moderation/notices/{notice}/away/", DESK_SENT),
    "relief-take": ("/moderation/reliefs/{relief}/take/", DESK_SENT),
    "relief-withdraw": ("/moderation/reliefs/{own_relief}/withdraw/", DESK_SENT),
    "swap-take": ("/moderation/swaps/{swap}/take/", DESK_SENT),
    "shift": ("/moderation/shifts/{shift}/", staff("supporter", "coordinator")),
    # ren's own, who is the supporter.
    "shift-begin": ("/moderation/shifts/{shift}/begin/", staff("supporter") | {OTHER_ROOM: 404}),
    "shift-attend": ("/moderation/shifts/{shift}/attend/", DESK_SENT),
    "shift-leave-room": ("/moderation/shifts/{shift}/leave/", DESK_SENT),
    "shift-rest": ("/moderation/shifts/{shift}/rest/", DESK_SENT),
    "shift-away": ("/moderation/shifts/{shift}/away/", DESK_SENT),
    "shift-back": ("/moderation/shifts/{shift}/back/", DESK_SENT),
    "shift-end": ("/moderation/shifts/{shift}/end/", DESK_SENT),
    "shift-relief": ("/moderation/shifts/{shift}/relief/", DESK_SENT),
    "shift-swap": ("/moderation/shifts/{shift}/swap/", KEEPERS_SENT),
    "shift-swap-withdraw": ("/moderation/shifts/{shift}/swap/withdraw/", KEEPERS_SENT),
    "shift-cancel": ("/moderation/shifts/{shift}/cancel/", PLANNERS_SENT),
    "shift-debrief": ("/moderation/shifts/{shift}/debrief/", KEEPERS_SENT),
    "debriefs": ("/moderation/debriefs/", DESK),
    "debrief-erase": ("/moderation/debriefs/{debrief}/erase/", DESK_SENT),
    "rota": ("/moderation/rota/", DESK),
    "rota-plan": ("/moderation/rota/plan/", PLANNERS_SENT),
    "rota-rules": ("/moderation/rota/rules/", PLANNERS_SENT),
    "rota-patterns": ("/moderation/rota/patterns/", PLANNERS),
    "pattern-remove": ("/moderation/rota/patterns/{pattern}/remove/", PLANNERS_SENT),
    "rota-preview": ("/moderation/rota/preview/", PLANNERS),
    "called": ("/moderation/called/", staff(*CALLED, code=303, everywhere=True)),
    "alerts": ("/moderation/alerts/", CALLABLE),
    "alarm-test": ("/moderation/alerts/test/", PLANNERS_SENT),
    "alarm-acknowledge": ("/moderation/alerts/tests/{test}/acknowledge/", DESK_SENT),
    "alert-mail": ("/moderation/alerts/mail/", CALLABLE_SENT),
    "push-add": ("/moderation/alerts/push/", CALLABLE_SENT),
    "push-remove": ("/moderation/alerts/push/{browser}/remove/", CALLABLE_SENT),
    # A browser asks for it without being signed in, too.
    "push-worker": ("/moderation/alerts/worker.js", anyone()),
    "calendar": ("/moderation/calendar/", KEEPERS),
    "calendar-revoke": ("/moderation/calendar/revoke/", KEEPERS_SENT),
    "calendar-file": ("/moderation/calendar/{calendar}.ics", anyone()),  # for who has the secret
}
