"""The only place that opens a database or a transaction."""

from awards.db.binding import bind, current
from awards.db.counting import Counter, counting
from awards.db.door import advisory_lock, in_transaction, lock_rows, shared, together, transaction
from awards.db.postgres import PostgresDatabase
from awards.db.sqlite import SQLiteDatabase
from awards.db.transactions import Transaction
from awards.db.urls import AnyDatabase, database_url, engine_from_url

__all__ = [
    "AnyDatabase",
    "Counter",
    "PostgresDatabase",
    "SQLiteDatabase",
    "Transaction",
    "advisory_lock",
    "bind",
    "counting",
    "current",
    "database_url",
    "engine_from_url",
    "in_transaction",
    "lock_rows",
    "shared",
    "together",
    "transaction",
]
