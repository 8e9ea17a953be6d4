"""Door plates of the entrance."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from accounts import own_views, views


class Number(IntConverter):
    """A number that a database can hold; a longer one is no address."""

    regex = "[0-9]{1,18}"


register_converter(Number, "number")

urlpatterns = [
    path("", views.home, name="home"),
    path("enter/", views.enter, name="enter"),
    path("return/", views.come_back, name="return"),
    path("leave/", views.leave, name="leave"),
    path("me/", own_views.me, name="me"),
    path("me/export/", own_views.export, name="me-export"),
    path("me/rename/", own_views.rename, name="me-rename"),
    path("me/erase/", own_views.erase, name="me-erase"),
    path("me/passphrase/", own_views.passphrase, name="me-passphrase"),
    path("me/unlock/", own_views.unlock, name="me-unlock"),
    path("letters/", own_views.all_letters, name="letters"),
    path("letters/<number:number>/", own_views.letter, name="letter"),
]
