"""Door plate of the desk's socket."""

from django.urls import path

from moderation.consumers import desk_socket

# An ASGI application stands where Django's types expect a view.
doors = [path("ws/desk/<slug:slug>/", desk_socket)]  # type: ignore[arg-type]
