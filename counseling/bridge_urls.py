"""Door plates of つなぎ from whoever asked to the person; what a code is, `urls.py` registered."""

from django.urls import path

from counseling.views import bridges

_MINE = "counseling/mine/<code:code>/bridge/"
_DESK = "counseling/desk/<code:code>/bridge/"

urlpatterns = [
    path(_MINE, bridges.own, name="counseling-bridge-own"),
    path(f"{_MINE}agree/", bridges.agree, name="counseling-bridge-agree"),
    path(f"{_MINE}stop/", bridges.stop_own, name="counseling-bridge-stop-own"),
    path(_DESK, bridges.of_case, name="counseling-bridge"),
    path(f"{_DESK}hear/", bridges.hear, name="counseling-bridge-hear"),
    path(f"{_DESK}reach/", bridges.reach, name="counseling-bridge-reach"),
    path(f"{_DESK}meet/", bridges.meet, name="counseling-bridge-meet"),
    path(f"{_DESK}link/", bridges.link, name="counseling-bridge-link"),
    path(f"{_DESK}back/", bridges.take_back, name="counseling-bridge-back"),
    path(f"{_DESK}stop/", bridges.stop, name="counseling-bridge-stop"),
    path(f"{_DESK}step/", bridges.step, name="counseling-bridge-step"),
]
