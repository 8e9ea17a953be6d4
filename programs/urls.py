"""Door plates of what anyone may read of a program."""

from django.urls import path

from programs import views

urlpatterns = [
    path("notice/", views.notice, name="notice"),
    path("pictures/<str:name>", views.picture, name="picture"),
]
