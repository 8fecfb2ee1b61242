import asyncio

from awards.db import AnyDatabase, counting, transaction
from tests.awards.db.tables import Account, balance


async def test_statements_are_counted_and_transactions_are_not(engine: AnyDatabase) -> None:
    with counting() as counter:
        async with transaction():
            await balance()
            async with transaction():
                await balance()
        await Account.count()
    await Account.count()
    assert len(counter) == 3
    assert "probe_account" in counter.statements[0]
    assert list(counter.repeated.values()) == [2]


async def test_tasks_started_meanwhile_count_and_others_do_not(engine: AnyDatabase) -> None:
    begin = asyncio.Event()

    async def stranger() -> None:
        await begin.wait()
        await Account.count()

    outside = asyncio.create_task(stranger())
    with counting() as counter:
        begin.set()
        await asyncio.gather(Account.count(), Account.count())
        await outside
    assert len(counter) == 2


async def test_an_inner_count_is_part_of_the_outer(engine: AnyDatabase) -> None:
    with counting() as outer:
        await Account.count()
        with counting() as inner:
            await Account.count()
    assert (len(outer), len(inner)) == (2, 1)
