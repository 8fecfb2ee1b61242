import asyncio
import threading

from awards.db.turnstile import Turnstile
from tests.chance import chance, times


async def test_it_serves_in_the_order_of_coming() -> None:
    turnstile, order = Turnstile(), []

    async def come(number: int) -> None:
        await turnstile.acquire()
        order.append(number)
        await asyncio.sleep(0)
        turnstile.release()

    await asyncio.gather(*(come(number) for number in range(20)))
    assert order == list(range(20))
    assert not turnstile.taken


async def test_a_cancelled_wait_does_not_keep_the_turn() -> None:
    dice, turnstile = chance(), Turnstile()

    async def come() -> None:
        await turnstile.acquire()
        try:
            await asyncio.sleep(0)
        finally:
            turnstile.release()

    for _ in range(times(50, drill=1000)):
        tasks = [asyncio.create_task(come()) for _ in range(8)]
        for _ in range(dice.randrange(10)):
            await asyncio.sleep(0)
            dice.choice(tasks).cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert not turnstile.taken


def test_loops_in_other_threads_take_turns_too() -> None:
    turnstile, total = Turnstile(), 0

    async def come() -> None:
        nonlocal total
        for _ in range(100):
            await turnstile.acquire()
            seen = total
            await asyncio.sleep(0)
            total = seen + 1
            turnstile.release()

    threads = [threading.Thread(target=lambda: asyncio.run(come())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert total == 400


def test_a_loop_that_closed_is_passed_over() -> None:
    turnstile = Turnstile()
    assert turnstile.try_acquire()
    gone = asyncio.new_event_loop()
    waiting = gone.create_task(turnstile.acquire())
    gone.call_soon(gone.stop)
    gone.run_forever()
    assert not waiting.done()
    gone.close()
    turnstile.release()
    assert not turnstile.taken
    waiting._log_destroy_pending = False
