from collections.abc import AsyncIterator

import pytest

from awards.db import AnyDatabase, SQLiteDatabase, bind, current
from tests.awards.db.tables import LATE, Account, Payment
from tests.databases import Databases


@pytest.fixture(autouse=True)
def database_of_the_test() -> None:
    """Instead of the transaction that other tests run in: here transactions are what is tested."""


@pytest.fixture
async def empty(databases: Databases) -> AsyncIterator[AnyDatabase]:
    before = current()
    engine = await databases.empty()
    bind(engine)
    yield engine
    bind(before)
    await databases.drop(engine)


@pytest.fixture
async def engine(empty: AnyDatabase) -> AnyDatabase:
    await Account.create_table()
    await Payment.create_table()
    await empty.send(LATE)
    await Account.insert(Account(name="shared", balance=0))
    return empty


def nothing_is_held(engine: AnyDatabase) -> bool:
    return not engine.locked if isinstance(engine, SQLiteDatabase) else engine.lent == 0
