"""Schema changes that Piccolo writes for PostgreSQL, done on SQLite."""

import re
import sqlite3

_CHANGES = re.compile(r"\s*(CREATE|ALTER|DROP)\s+TABLE\b", re.IGNORECASE)


def is_schema_change(sql: str) -> bool:
    return _CHANGES.match(sql) is not None


def change_schema(connection: sqlite3.Connection, sql: str) -> None:
    connection.execute(sql)
