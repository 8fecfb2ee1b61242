"""The door to the database: transactions, and the locks that hold inside one."""

from typing import Any, TypeVar
from zlib import crc32

from piccolo.query.base import Query
from piccolo.query.methods.objects import Objects
from piccolo.query.methods.select import Select

from awards.db.binding import current
from awards.db.transactions import Transaction

Q = TypeVar("Q", Select[Any], Objects[Any])


def transaction() -> Transaction:
    """`async with transaction():` all or nothing. Inside another it is a savepoint, undone by itself."""
    return current().transaction()


async def together(*queries: Query[Any, Any]) -> list[list[dict[str, Any]]]:
    """
    Send them in one go, in their order; what each found.

    For writes of one transaction that do not wait for each other's answers: on SQLite a trip to the writer's thread
    costs more than most statements.
    """
    engine = current()
    statements = [
        querystring.compile_string(engine_type=engine.engine_type)
        for query in queries
        for querystring in query.querystrings
    ]
    return [engine.transform_response_to_dicts(rows) for rows in await engine.send_all(statements)]


def in_transaction() -> bool:
    return current().transaction_exists()


def lock_rows(query: Q) -> Q:
    """Read the rows so that nobody else changes them before this transaction ends."""
    if current().engine_type == "sqlite":
        return query  # there is one writer: it is us
    query.lock_rows("UPDATE")
    return query


def shared(alias: str) -> str:
    """
    The end of a query of our own text: its rows of this table stay as they are until this transaction ends.

    Many hold them so at once; who would change them waits for all.
    """
    return "" if current().engine_type == "sqlite" else f" FOR SHARE OF {alias}"


async def advisory_lock(name: str) -> None:
    """Until this transaction ends, nobody else passes here with the same name."""
    engine = current()
    if not engine.transaction_exists():
        raise RuntimeError("an advisory lock ends with its transaction: open one first")
    if engine.engine_type != "sqlite":
        await engine.send("SELECT pg_advisory_xact_lock($1, $2)", (CLASS, lock_number(name)))


CLASS = 0x4157  # "AW": keeps our numbers apart from another program's in the same database


def lock_number(name: str) -> int:
    return crc32(name.encode()) - 2**31
