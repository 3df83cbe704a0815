"""Updates of one person keep their order; those of others do not wait for them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from telegram import Chat, Message, Update, User

from bot.updates import PersonOrder


async def test_one_person_in_order_and_others_meanwhile() -> None:
    order, done = PersonOrder(), []
    gate = asyncio.Event()

    async def slow() -> None:
        await gate.wait()
        done.append("slow")

    async def quick(name: str) -> None:
        done.append(name)

    tasks = [
        asyncio.create_task(order.process_update(update_of(1), slow())),
        asyncio.create_task(order.process_update(update_of(1), quick("after slow"))),
        asyncio.create_task(order.process_update(update_of(2), quick("other person"))),
    ]
    await asyncio.sleep(0.01)
    assert done == ["other person"]
    gate.set()
    await asyncio.gather(*tasks)
    assert done == ["other person", "slow", "after slow"]


async def test_a_failure_does_not_hold_up_what_comes_after() -> None:
    order, done = PersonOrder(), []

    async def broken() -> None:
        raise RuntimeError

    async def fine() -> None:
        done.append(1)

    results = await asyncio.gather(
        order.process_update(update_of(1), broken()),
        order.process_update(update_of(1), fine()),
        return_exceptions=True,
    )
    assert isinstance(results[0], RuntimeError)
    assert done == [1]


def update_of(user_id: int) -> Update:
    user = User(user_id, "Sanne", is_bot=False)
    message = Message(
        1, datetime(2026, 11, 23, tzinfo=UTC), Chat(user_id, "private"), from_user=user
    )
    return Update(user_id, message=message)
