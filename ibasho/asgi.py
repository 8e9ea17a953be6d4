"""Which door a connection comes to. Import `application` from here for any ASGI server."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")
http = get_asgi_application()

from chat import routing as rooms
from moderation import routing as desks

sockets = URLRouter([*rooms.doors, *desks.doors, rooms.nowhere])  # type: ignore[list-item]
application = ProtocolTypeRouter({"http": http, "websocket": sockets})
