"""Door plates of what anyone may read of a program."""

from django.urls import path, re_path

from programs import views

urlpatterns = [
    path("notice/", views.notice, name="notice"),
    re_path(r"^m/(?P<code>[0-9]{6})/$", views.town, name="town"),
    # Only names that we make; anything else is no address.
    re_path(r"^pictures/(?P<name>[0-9a-f]{24}\.(?:jpeg|png|webp))$", views.picture, name="picture"),
]
