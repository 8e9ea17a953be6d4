"""Door plates of the living room."""

from django.urls import path

from chat import views

urlpatterns = [
    path("rooms/", views.rooms, name="rooms"),
    path("rooms/<slug:slug>/", views.room, name="room"),
    path("rooms/<slug:slug>/murmur/", views.murmur, name="room-murmur"),
    path("rooms/<slug:slug>/aloud/", views.take_back, name="room-aloud"),
    path("rooms/<slug:slug>/stamp/", views.stamp, name="room-stamp"),
    path("rooms/<slug:slug>/withdraw/", views.withdraw, name="room-withdraw"),
    path("rooms/<slug:slug>/report/", views.report, name="room-report"),
    path("rooms/<slug:slug>/mute/", views.mute, name="room-mute"),
    path("rooms/<slug:slug>/handle/", views.handle, name="room-handle"),
]
