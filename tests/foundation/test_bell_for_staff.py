"""A change of what a member of staff may do reaches every process within a second."""

import asyncio
import contextlib
import time

import pytest

from accounts.models import Staff
from accounts.queries import staff_versions
from accounts.standing import bump_staff
from foundation.bell import Bell


class Silent:
    """A hub with nobody in its rooms."""

    def room_rang(self, room, head, events) -> None: ...

    def person_rang(self, person, version) -> None: ...

    def presence_rang(self, room) -> None: ...


@contextlib.asynccontextmanager
async def process():
    """A bell as another process has it, and what it heard for staff."""
    bell, heard = Bell(), asyncio.Queue()
    bell.attach(Silent(), asyncio.get_running_loop())
    bell.on_staff.append(lambda staff, version: heard.put_nowait((staff, version)))
    task = asyncio.create_task(bell.hear())
    await asyncio.sleep(0.3)
    try:
        yield bell, heard
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        bell.detach()


async def test_a_ring_for_staff_is_heard_here_and_elsewhere():
    async with process() as (here, heard_here), process() as (_, heard_there):
        began = time.monotonic()
        here.staff(7, 3)
        assert await asyncio.wait_for(heard_here.get(), 1) == (7, 3)
        assert await asyncio.wait_for(heard_there.get(), 1) == (7, 3)
        assert time.monotonic() - began < 1


async def test_all_who_keep_sockets_of_staff_in_a_process_hear_it():
    async with process() as (here, heard_here), process() as (there, heard_there):
        for bell in (here, there):
            bell.on_staff += bell.on_staff
        here.staff(7, 3)
        for heard in (heard_here, heard_here, heard_there, heard_there):
            assert await asyncio.wait_for(heard.get(), 1) == (7, 3)


async def test_a_ring_with_nobody_listening_for_staff_harms_nothing():
    async with process() as (here, _), process() as (there, heard_there):
        listening = there.on_staff.copy()
        there.on_staff.clear()
        here.staff(7, 3)
        await asyncio.sleep(0.3)
        there.on_staff += listening
        here.staff(7, 4)
        assert await asyncio.wait_for(heard_there.get(), 1) == (7, 4)


@pytest.mark.django_db
def test_without_the_broker_the_versions_tell(ren, mori):
    before = staff_versions([ren.pk, mori.pk])
    bump_staff(ren.pk)
    after = staff_versions([ren.pk, mori.pk])
    assert after[ren.pk] == before[ren.pk] + 1
    assert after[mori.pk] == before[mori.pk]
    Staff.objects.filter(pk=ren.pk).update(is_active=False)
    assert ren.pk not in staff_versions([ren.pk, mori.pk])
