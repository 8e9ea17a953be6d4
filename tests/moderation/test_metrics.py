"""Whether something waits too long, or out of sight, is told to machines, and to no stranger."""

from datetime import timedelta

import pytest
from django.test import Client

from chat.models import Item
from foundation import clock
from tests.moderation.evening import message, report


def read(**headers: str) -> dict[str, str]:
    answer = Client().get("/metrics", **headers)
    assert answer.status_code == 200
    lines = [one for one in answer.content.decode().splitlines() if not one.startswith("#")]
    return dict(one.rsplit(" ", 1) for one in lines)


def test_the_age_of_the_oldest_item_is_told(aoi, haha, room):
    report(haha, message(aoi, room))
    Item.objects.update(raised_at=clock.now() - timedelta(hours=2))
    found = read()
    assert 7200 <= int(found["ibasho_oldest_item_seconds"]) < 7300
    assert found['ibasho_items_waiting{kind="report"}'] == "1"
    assert found["ibasho_messages_out_of_sight"] == "0"


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "192.0.2.1"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "192.0.2.1", "HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "192.0.2.1", "HTTP_AUTHORIZATION": "Bearer falsch"},
    ],
)
def test_from_elsewhere_it_is_told_with_the_token_only(db, headers, settings):
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", **headers).status_code == 404
    settings.METRICS_TOKEN = "kagi"
    assert Client().get("/metrics", **headers).status_code == 404
    assert read(**headers | {"HTTP_AUTHORIZATION": "Bearer kagi"})
