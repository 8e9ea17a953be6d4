"""Which door a connection comes to. Import `application` from here for any ASGI server."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")
http = get_asgi_application()

from chat.routing import websocket_urlpatterns

application = ProtocolTypeRouter({"http": http, "websocket": websocket_urlpatterns})
