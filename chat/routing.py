"""Door plates of the sockets."""

from django.urls import path, re_path

from chat.consumers import no_such_door, room_socket

# ASGI applications stand where Django's types expect views.
doors = [path("ws/rooms/<slug:slug>/", room_socket)]  # type: ignore[arg-type]
nowhere = re_path(r"", no_such_door)  # type: ignore[arg-type]
