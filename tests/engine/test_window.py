"""The ordered ack window acknowledges from the head, and only what is durable."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.engine.window import AckWindow


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@given(st.permutations(range(6)))
def test_whatever_order_deliveries_finish_in_acks_keep_the_order_of_the_log(order: list[int]) -> None:
    async def scenario() -> None:
        acked: list[int] = []
        window: AckWindow[int] = AckWindow(10, acked.append, pytest.fail)
        futures = [asyncio.get_running_loop().create_future() for _ in order]
        for number, future in enumerate(futures):
            await window.add(number, [future])
        done: set[int] = set()
        for finished in order:
            futures[finished].set_result(None)
            done.add(finished)
            await settle()
            head = next((n for n in range(len(order)) if n not in done), len(order))
            assert acked == list(range(head))
        await window.close()

    asyncio.run(scenario())


async def test_an_event_with_several_outputs_waits_for_all_of_them() -> None:
    acked: list[str] = []
    window: AckWindow[str] = AckWindow(10, acked.append, pytest.fail)
    first, second = (asyncio.get_running_loop().create_future() for _ in range(2))
    await window.add("event", [first, second])
    second.set_result(None)
    await settle()
    assert acked == []
    first.set_result(None)
    await settle()
    assert acked == ["event"]
    await window.close()


async def test_a_failed_delivery_acks_nothing_from_there_on() -> None:
    acked: list[int] = []
    failures: list[BaseException] = []
    window: AckWindow[int] = AckWindow(10, acked.append, failures.append)
    futures = [asyncio.get_running_loop().create_future() for _ in range(3)]
    for number, future in enumerate(futures):
        await window.add(number, [future])
    futures[0].set_result(None)
    futures[2].set_result(None)
    futures[1].set_exception(ConnectionError("broker said no"))
    await settle()
    assert acked == [0]
    assert [str(failure) for failure in failures] == ["broker said no"]
    await window.close()


async def test_a_full_window_holds_the_loop_back_until_the_head_is_durable() -> None:
    acked: list[Any] = []
    window: AckWindow[int] = AckWindow(2, acked.append, pytest.fail)
    futures = [asyncio.get_running_loop().create_future() for _ in range(5)]
    adding = asyncio.create_task(_add_all(window, futures))
    await settle()
    assert not adding.done()
    for future in futures:
        future.set_result(None)
    await adding
    await settle()
    assert acked == [0, 1, 2, 3, 4]
    await window.close()


async def _add_all(window: AckWindow[int], futures: list[asyncio.Future[None]]) -> None:
    for number, future in enumerate(futures):
        await window.add(number, [future])


async def test_it_drains_by_itself_on_a_quiet_topic() -> None:
    done = asyncio.Event()
    window: AckWindow[int] = AckWindow(2, lambda _: done.set(), pytest.fail)
    future = asyncio.get_running_loop().create_future()
    await window.add(1, [future])
    asyncio.get_running_loop().call_later(0.01, future.set_result, None)
    await asyncio.wait_for(done.wait(), 5)
    await window.close()
