"""The way a tutorial does it: a Channels consumer on the Redis layer, a message per socket."""

import json
import os

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import URLRouter
from django.conf import settings
from django.urls import path

settings.configure(
    SECRET_KEY="bench",
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # Without this the receiving task dies after 5 s, and every message with it.
            "CONFIG": {"hosts": [{"address": os.environ["REDIS"], "socket_timeout": None}]},
        }
    },
)


class Room(AsyncJsonWebsocketConsumer):
    """Everybody in a group hears everybody."""

    async def connect(self) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"]
        await self.channel_layer.group_add(self.room, self.channel_name)
        await self.accept()

    async def receive_json(self, content: dict[str, str]) -> None:
        await self.channel_layer.group_send(self.room, {"type": "said", "text": content["text"]})

    @classmethod
    async def encode_json(cls, content: dict[str, str]) -> str:
        # As they are: the generator reads its marks by their bytes.
        return json.dumps(content, ensure_ascii=False)

    async def said(self, event: dict[str, str]) -> None:
        await self.send_json({"type": "msg", "text": event["text"]})


application = URLRouter([path("ws/rooms/<room>/", Room.as_asgi())])
