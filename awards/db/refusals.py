"""What a driver raised, in the service's own words. What is a mistake of ours stays what it was."""

import sqlite3

import asyncpg
from asyncpg import exceptions as pg

from awards.errors import AwardsError, BrokenReference, Busy, Conflict, Unavailable

_SQLITE_UNIQUE = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_ROWID,
}
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT}
_SQLITE_AWAY = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_NOTADB,
}

_PG_REFERENCE = (pg.ForeignKeyViolationError, pg.RestrictViolationError)
_PG_UNIQUE = (pg.UniqueViolationError, pg.ExclusionViolationError)
_PG_BUSY = (
    pg.TransactionRollbackError,  # serialisation failures and deadlocks
    pg.LockNotAvailableError,
    pg.QueryCanceledError,
    pg.TooManyConnectionsError,
    TimeoutError,
)
_PG_AWAY = (
    pg.PostgresConnectionError,
    pg.OperatorInterventionError,  # shutting down, crashed, starting up
    pg.InsufficientResourcesError,  # disk full, out of memory
    pg.PostgresSystemError,
    pg.PostgresIOError,
    pg.ReadOnlySQLTransactionError,
    pg.InvalidAuthorizationSpecificationError,
    pg.InvalidCatalogNameError,
    pg.InternalServerError,
    asyncpg.InternalClientError,  # asyncpg's own confusion over a connection that is just being cut
    OSError,
)
# Everything that asyncpg raises; a statement of ours that is wrong is among it.
FROM_ASYNCPG = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
_GONE = ("closed", "closing", "released back to the pool")


def from_sqlite(error: sqlite3.Error) -> AwardsError | None:
    """Our error for one of SQLite's, or None where it is a mistake in the program."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    text = str(error)
    if code in _SQLITE_UNIQUE:
        return Conflict(text)
    # ON DELETE RESTRICT reports itself as a trigger.
    if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY or text == "FOREIGN KEY constraint failed":
        return BrokenReference(text)
    # The low byte is the kind, the rest says which sort of it.
    kind = code & 0xFF
    if kind in _SQLITE_BUSY:
        return Busy(text)
    if kind in _SQLITE_AWAY:
        return Unavailable(text)
    return None


def from_postgres(error: BaseException) -> AwardsError | None:
    """Our error for one of asyncpg's, or None where it is a mistake in the program."""
    text = str(error) or type(error).__name__
    if isinstance(error, _PG_UNIQUE):
        return Conflict(text)
    if isinstance(error, _PG_REFERENCE):
        return BrokenReference(text)
    if isinstance(error, _PG_BUSY):  # before OSError, whose child TimeoutError is
        return Busy(text)
    if isinstance(error, _PG_AWAY):
        return Unavailable(text)
    # A connection that closed under us speaks only through the words of an InterfaceError; the pool takes
    # a dead one back by itself.
    if isinstance(error, asyncpg.InterfaceError) and any(word in text for word in _GONE):
        return Unavailable(text)
    return None
