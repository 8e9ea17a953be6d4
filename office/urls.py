"""Door plates of the office. A package named `manage` would hide manage.py: the app is `office`."""

from django.urls import include, path

from office.views import (
    admins,
    agencies,
    alone,
    counting,
    home,
    lines,
    people,
    places,
    programs,
    rooms,
    screening,
    texts,
)

_rooms = [
    path("", rooms.all_rooms, name="manage-rooms"),
    path("new/", rooms.new_room, name="manage-room-new"),
    path("<number:pk>/", rooms.one_room, name="manage-room"),
    path("<number:pk>/hours/", rooms.hours, name="manage-room-hours"),
    path("<number:pk>/hand/", rooms.switch, name="manage-room-hand"),
    path("<number:pk>/remove/", rooms.remove, name="manage-room-remove"),
]
_agencies = [
    path("", agencies.all_agencies, name="manage-agencies"),
    path("new/", agencies.new_agency, name="manage-agency-new"),
    path("list.csv", agencies.list_file, name="manage-agencies-file"),
    path("template.csv", agencies.template_file, name="manage-agencies-template"),
    path("import/", agencies.import_list, name="manage-import"),
    path("import/<number:pk>/mend/", agencies.mend, name="manage-import-mend"),
    path("import/<number:pk>/apply/", agencies.apply, name="manage-import-apply"),
    path("import/<number:pk>/drop/", agencies.drop, name="manage-import-drop"),
    path("<number:pk>/", agencies.one_agency, name="manage-agency"),
    path("<number:pk>/remove/", agencies.remove, name="manage-agency-remove"),
]
_places = [
    path("", places.all_places, name="manage-places"),
    path("new/", places.new_place, name="manage-place-new"),
    path("<number:pk>/", places.one_place, name="manage-place"),
    path("<number:pk>/remove/", places.remove, name="manage-place-remove"),
    path("<number:pk>/pictures/", places.add_picture, name="manage-picture-add"),
    path(
        "<number:pk>/pictures/<number:picture>/remove/", places.remove_picture,
        name="manage-picture-remove",
    ),
]  # fmt: skip
_texts = [
    path("", texts.all_texts, name="manage-texts"),
    path("<slug:key>/", texts.one_text, name="manage-text"),
]

_lines = [
    path("", lines.all_lines, name="manage-lines"),
    path("new/", lines.new_line, name="manage-line-new"),
    path("<slug:key>/", lines.one_line, name="manage-line"),
    path("<slug:key>/verify/", lines.verify, name="manage-line-verify"),
    path("<slug:key>/remove/", lines.remove, name="manage-line-remove"),
]

_people = [
    path("", people.all_people, name="manage-people"),
    path("invite/", people.invite, name="manage-invite"),
    path("invitations/<number:pk>/withdraw/", people.withdraw, name="manage-invitation-withdraw"),
    path("<number:pk>/", people.one_person, name="manage-person"),
    path("<number:pk>/give/", people.give, name="manage-role-give"),
    path("<number:pk>/roles/<number:grant>/renew/", people.renew, name="manage-role-renew"),
    path("<number:pk>/roles/<number:grant>/end/", people.end, name="manage-role-end"),
    path("<number:pk>/sheet/", people.sheet, name="manage-person-sheet"),
    path("<number:pk>/again/", people.again, name="manage-person-again"),
    path("<number:pk>/close/", people.close, name="manage-person-close"),
]

_admins = [
    path("", admins.all_admins, name="manage-admins"),
    path("invite/", admins.invite, name="manage-admin-invite"),
    path("invitations/<number:pk>/withdraw/", admins.withdraw, name="manage-admin-withdraw"),
    path("<number:pk>/", admins.one_admin, name="manage-admin"),
    path("<number:pk>/roles/<number:grant>/end/", admins.end, name="manage-admin-end"),
    path("<number:pk>/sheet/", admins.sheet, name="manage-admin-sheet"),
    path("<number:pk>/again/", admins.again, name="manage-admin-again"),
    path("<number:pk>/close/", admins.close, name="manage-admin-close"),
]

_screening = [
    path("", screening.all_rules, name="manage-rules"),
    path("new/", screening.new_rule, name="manage-rule-new"),
    path("<number:pk>/", screening.one_rule, name="manage-rule"),
    path("<number:pk>/try/", screening.try_out, name="manage-rule-try"),
    path("<number:pk>/start/", screening.start, name="manage-rule-start"),
    path("<number:pk>/end/", screening.end, name="manage-rule-end"),
]

urlpatterns = [
    path("", home.home, name="manage"),
    path("program/", home.choose, name="manage-program"),
    path("programs/", programs.all_programs, name="manage-programs"),
    path("readiness/", home.ready, name="manage-readiness"),
    path("alone/", alone.alone, name="manage-alone"),
    path("counting/", counting.counting, name="manage-counting"),
    path("rooms/", include(_rooms)),
    path("agencies/", include(_agencies)),
    path("places/", include(_places)),
    path("texts/", include(_texts)),
    path("lines/", include(_lines)),
    path("people/", include(_people)),
    path("admins/", include(_admins)),
    path("screening/", include(_screening)),
]
