"""Door plates of what anyone may read of a program."""

from django.urls import path, re_path

from programs import views

urlpatterns = [
    path("notice/", views.notice, name="notice"),
    # Only names that we make; anything else is no address.
    re_path(r"^pictures/(?P<name>[0-9a-f]{24}\.(?:jpeg|png|webp))$", views.picture, name="picture"),
]
