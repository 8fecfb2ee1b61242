"""Schema changes that Piccolo writes for PostgreSQL, done on SQLite, so that one migration runs on both.

A unique rule becomes a unique index of the same name. What ALTER TABLE cannot do is done by editing the
stored CREATE text, inside the transaction, and checked. A table is never rebuilt: with foreign keys on,
dropping it takes its children along.
"""

import re
import sqlite3
from collections.abc import Callable

from awards.db.sqlite_text import ColumnText, TableText, listed, names_in, quoted, rule_name, units, unquoted
from awards.errors import BrokenReference

_CHANGES = re.compile(r"\s*(CREATE|ALTER|DROP)\s+TABLE\b", re.IGNORECASE)
_WHOLE_NUMBERS = ("INT", "INTEGER", "BIGINT", "SMALLINT")


def is_schema_change(sql: str) -> bool:
    return _CHANGES.match(sql) is not None


def change_schema(connection: sqlite3.Connection, sql: str) -> None:
    """Inside an open transaction."""
    parts = units(sql)
    match [part.upper() for part in parts[:2]]:
        case ["CREATE", "TABLE"]:
            _create(connection, sql)
        case ["DROP", "TABLE"]:
            _drop(connection, [part for part in parts if part.upper() != "CASCADE"])
        case _:
            _alter(connection, sql, unquoted(parts[2]), parts[3:])


def _create(connection: sqlite3.Connection, sql: str) -> None:
    table = TableText.read(sql)
    if _stored(connection, table.name) is not None:
        connection.execute(sql)  # nothing with IF NOT EXISTS, an error without
        return
    unique = [column.name for column in table.columns if column.clauses.pop("UNIQUE", None)]
    connection.execute(str(table))
    for name in unique:
        _make_unique(connection, table.name, f"{table.name}_{name}_key", [name])


def _drop(connection: sqlite3.Connection, parts: list[str]) -> None:
    name = unquoted(parts[-1])
    for (child,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for key in connection.execute(f"PRAGMA foreign_key_list({quoted(child)})").fetchall():
            parent, column = key[2], key[3]
            used = child != name and parent == name
            if used and _any_row(connection, child, f"{quoted(column)} IS NOT NULL"):
                raise sqlite3.IntegrityError(f"{name} cannot be dropped: {child}.{column} still refers to it")
    connection.execute(" ".join(parts))


def _alter(connection: sqlite3.Connection, sql: str, table: str, action: list[str]) -> None:
    match [part.upper() for part in action]:
        case ["ADD", "COLUMN", *_]:
            _add_column(connection, table, ColumnText.read(" ".join(action[2:])))
        case ["DROP", "COLUMN", _]:
            _drop_column(connection, table, unquoted(action[2]))
        case ["ADD", "UNIQUE", columns]:
            (name,) = (unquoted(column) for column in listed(columns))
            _make_unique(connection, table, f"{table}_{unquoted(listed(action[2])[0])}_key", [name])
        case ["ADD", "CONSTRAINT", _, "UNIQUE", _]:
            names = [unquoted(column) for column in listed(action[4])]
            _make_unique(connection, table, unquoted(action[2]), names)
        case ["ADD", "CONSTRAINT", _, "CHECK" | "FOREIGN", *_]:
            _edit(connection, table, lambda text: text.rules.append(" ".join(action[1:])))
        case ["DROP", "CONSTRAINT", *_]:
            _drop_constraint(connection, table, unquoted(action[-1]), if_exists=len(action) > 3)
        case ["RENAME", "CONSTRAINT", _, "TO", _]:
            _rename_constraint(connection, table, unquoted(action[2]), unquoted(action[4]))
        case ["ALTER", "COLUMN", _, *_]:
            _alter_column(connection, table, unquoted(action[2]), action[3:])
        case _:
            connection.execute(sql)  # renaming a table or a column: SQLite does that


def _add_column(connection: sqlite3.Connection, table: str, column: ColumnText) -> None:
    unique = column.clauses.pop("UNIQUE", None)
    try:
        connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {column}")
    except sqlite3.OperationalError:
        # A default that is computed, NOT NULL without one, or a reference with one: in steps.
        connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(column.name)} {column.kind}")
        if default := column.clauses.get("DEFAULT"):
            value = " ".join(units(default)[1:])
            connection.execute(f"UPDATE {quoted(table)} SET {quoted(column.name)} = {value}")  # noqa: S608  # names and texts of our own schema
        _edit(connection, table, lambda text: text.column(column.name).clauses.update(column.clauses))
    if unique:
        _make_unique(connection, table, f"{table}_{column.name}_key", [column.name])


def _drop_column(connection: sqlite3.Connection, table: str, name: str) -> None:
    # As PostgreSQL does: the indexes and rules that name the column go with it.
    indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    for index, sql in connection.execute(indexes, (table,)).fetchall():
        if name in names_in(sql.partition("(")[2]):
            connection.execute(f"DROP INDEX {quoted(index)}")
    text = TableText.read(_stored(connection, table) or "")
    if any(name in names_in(rule) for rule in text.rules):

        def forget(text: TableText) -> None:
            text.rules = [rule for rule in text.rules if name not in names_in(rule)]

        _edit(connection, table, forget)
    connection.execute(f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(name)}")


def _drop_constraint(connection: sqlite3.Connection, table: str, name: str, *, if_exists: bool) -> None:
    if _is_index(connection, name):
        connection.execute(f"DROP INDEX {quoted(name)}")
        return
    text = TableText.read(_stored(connection, table) or "")
    if text.rule_named(name) is not None:

        def forget(text: TableText) -> None:
            text.rules = [rule for rule in text.rules if rule_name(rule) != name]

        _edit(connection, table, forget)
        return
    # A foreign key written at its column has no name of its own here; PostgreSQL calls it table_column_fkey.
    column = next((c for c in text.columns if name == f"{table}_{c.name}_fkey"), None)
    if column is not None and "REFERENCES" in column.clauses:
        _edit(connection, table, lambda text: text.column(column.name).clauses.pop("REFERENCES"))
    elif not if_exists:
        raise sqlite3.OperationalError(f"{table} has no constraint {name}")


def _rename_constraint(connection: sqlite3.Connection, table: str, old: str, new: str) -> None:
    if _is_index(connection, old):
        columns = [row[2] for row in connection.execute(f"PRAGMA index_info({quoted(old)})").fetchall()]
        connection.execute(f"DROP INDEX {quoted(old)}")
        _make_unique(connection, table, new, columns)
        return

    def rename(text: TableText) -> None:
        rule = text.rule_named(old)
        if rule is None:
            raise sqlite3.OperationalError(f"{table} has no constraint {old}")
        parts = units(rule)
        text.rules[text.rules.index(rule)] = " ".join(["CONSTRAINT", quoted(new), *parts[2:]])

    _edit(connection, table, rename)


def _alter_column(connection: sqlite3.Connection, table: str, name: str, action: list[str]) -> None:
    def change(text: TableText) -> None:
        column = text.column(name)
        match [part.upper() for part in action]:
            case ["DROP", "NOT", "NULL"]:
                column.clauses.pop("NOT NULL", None)
            case ["SET", "NOT", "NULL"]:
                column.clauses["NOT NULL"] = "NOT NULL"
            case ["DROP", "DEFAULT"]:
                column.clauses.pop("DEFAULT", None)
            case ["SET", "DEFAULT", *_]:
                column.clauses["DEFAULT"] = " ".join(action[1:])
            case ["TYPE", *words]:
                end = words.index("USING") + 1 if "USING" in words else None
                column.kind = " ".join(action[1:end])
            case _:
                raise sqlite3.OperationalError(f"{table}.{name}: {' '.join(action)} is not known on SQLite")

    _rewrite(connection, table, change)
    if action[0].upper() == "TYPE":
        # Written again, so that what is stored takes the new type.
        connection.execute(f"UPDATE {quoted(table)} SET {quoted(name)} = {quoted(name)}")  # noqa: S608  # names and texts of our own schema
        odd = f"typeof({quoted(name)}) NOT IN ('integer', 'null')"
        if action[1].upper() in _WHOLE_NUMBERS and _any_row(connection, table, odd):
            raise sqlite3.IntegrityError(f"{table}.{name} holds what is no whole number")
    _check(connection, table)


def _make_unique(connection: sqlite3.Connection, table: str, name: str, columns: list[str]) -> None:
    inside = ", ".join(quoted(column) for column in columns)
    connection.execute(f"CREATE UNIQUE INDEX {quoted(name)} ON {quoted(table)} ({inside})")


def _edit(connection: sqlite3.Connection, table: str, change: Callable[[TableText], object]) -> None:
    _rewrite(connection, table, change)
    _check(connection, table)


def _rewrite(connection: sqlite3.Connection, table: str, change: Callable[[TableText], object]) -> None:
    stored = _stored(connection, table)
    if stored is None:
        raise sqlite3.OperationalError(f"no such table: {table}")
    text = TableText.read(stored)
    change(text)
    (version,) = connection.execute("PRAGMA schema_version").fetchone()
    connection.execute("PRAGMA writable_schema = ON")
    try:
        connection.execute(
            "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (str(text), table)
        )
        connection.execute(f"PRAGMA schema_version = {version + 1}")
    finally:
        connection.execute("PRAGMA writable_schema = RESET")


def _check(connection: sqlite3.Connection, table: str) -> None:
    # Also finds the rows that break a new CHECK or NOT NULL, and values of another type than their column.
    (verdict,) = connection.execute(f"PRAGMA integrity_check({quoted(table)})").fetchone()
    if verdict != "ok":
        raise sqlite3.IntegrityError(f"{table}: {verdict}")
    if orphan := connection.execute(f"PRAGMA foreign_key_check({quoted(table)})").fetchone():
        raise BrokenReference(f"{table}: row {orphan[1]} refers to nothing in {orphan[2]}")


def _stored(connection: sqlite3.Connection, table: str) -> str | None:
    row = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    return row[0] if row else None


def _is_index(connection: sqlite3.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?", (name,))
    return found.fetchone() is not None


def _any_row(connection: sqlite3.Connection, table: str, condition: str) -> bool:
    found = connection.execute(f"SELECT 1 FROM {quoted(table)} WHERE {condition} LIMIT 1")  # noqa: S608  # names and texts of our own schema
    return found.fetchone() is not None
