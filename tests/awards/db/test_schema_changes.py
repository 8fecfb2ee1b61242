"""The schema changes that Piccolo writes, on both engines: what the statement says afterwards holds."""

import sqlite3
from datetime import UTC, datetime

import asyncpg
import pytest
from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from awards.db import AnyDatabase, SQLiteDatabase, transaction
from awards.db.sqlite_text import ColumnText, TableText
from awards.errors import BrokenReference, Conflict

REFUSED = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)


class Team(Table, tablename="probe_team"):
    code = Varchar(length=10, unique=True)
    title = Varchar(length=40, index=True)
    size = Integer(default=1, null=True)
    since = Timestamptz(default=TimestamptzNow())
    # A constraint is called like its attribute; PostgreSQL wants the name to be the only one of the schema.
    probe_team_one_title_a_size = Unique(["title", "size"])
    probe_team_positive = Check("size > 0")


class Player(Table, tablename="probe_player"):
    team = ForeignKey(Team, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=40)


@pytest.fixture
async def teams(empty: AnyDatabase) -> AnyDatabase:
    await Team.create_table()
    await Player.create_table()
    await Team.insert(Team(code="a", title="A, (B) 'C'", size=3))
    return empty


async def team(**values: object) -> None:
    await Team.insert(Team(**{"code": "z", "title": "Z", "size": 1, **values}))


async def test_rules_of_a_new_table(teams: AnyDatabase) -> None:
    with pytest.raises(Conflict):
        await team(code="a")
    with pytest.raises(Conflict):
        await team(title="A, (B) 'C'", size=3)
    with pytest.raises(REFUSED):
        await team(size=0)
    await team()
    assert await Team.count() == 2


async def test_creating_again(teams: AnyDatabase) -> None:
    await Player.create_table(if_not_exists=True)
    with pytest.raises((sqlite3.OperationalError, asyncpg.DuplicateTableError)):
        await Player.create_table()


async def test_a_new_column_with_every_trimming(teams: AnyDatabase) -> None:
    await Team.alter().add_column("nick", Varchar(length=5, null=True, default=None, unique=True))
    await Team.alter().add_column("open", Boolean(default=True, null=False))
    await Team.alter().add_column("made", Timestamptz(default=TimestamptzNow(), null=False))
    (row,) = await teams.send("SELECT nick, open, made FROM probe_team")
    assert row["nick"] is None
    assert row["open"] is True
    assert isinstance(row["made"], datetime)
    assert row["made"].tzinfo is UTC
    await teams.send("UPDATE probe_team SET nick = 'x'")
    with pytest.raises(Conflict):
        await teams.send("INSERT INTO probe_team (code, title, size, nick) VALUES ('q', 'Q', 2, 'x')")
    await teams.send("INSERT INTO probe_team (code, title, size, nick) VALUES ('q', 'Q', 2, 'y')")


async def test_a_new_column_that_rows_cannot_fill_is_refused(teams: AnyDatabase) -> None:
    with pytest.raises((sqlite3.IntegrityError, asyncpg.NotNullViolationError)):
        await Team.alter().add_column("captain", Integer(null=False, default=None))
    await team(code="still", title="works")


async def test_a_new_reference(teams: AnyDatabase) -> None:
    await Team.alter().add_column("parent", ForeignKey(Team, null=True, on_delete=OnDelete.restrict))
    with pytest.raises(BrokenReference):
        await teams.send("UPDATE probe_team SET parent = 987654")
    await teams.send("UPDATE probe_team SET parent = 1")


async def test_dropping_what_rules_and_indexes_name(teams: AnyDatabase) -> None:
    await Team.alter().drop_column("title")
    await Team.alter().drop_column("size")
    await Team.alter().drop_column("code")
    assert set((await teams.send("SELECT * FROM probe_team"))[0].keys()) == {"id", "since"}


async def test_null_and_not_null(teams: AnyDatabase) -> None:
    await Team.alter().set_null(Team.title, boolean=True)
    await teams.send("INSERT INTO probe_team (code, title) VALUES ('n', NULL)")
    with pytest.raises((sqlite3.IntegrityError, asyncpg.NotNullViolationError)):
        await Team.alter().set_null(Team.title, boolean=False)
    await Team.delete().where(Team.code == "n")
    await Team.alter().set_null(Team.title, boolean=False)
    with pytest.raises((sqlite3.IntegrityError, asyncpg.NotNullViolationError)):
        await teams.send("INSERT INTO probe_team (code, title) VALUES ('n', NULL)")


async def test_defaults(teams: AnyDatabase) -> None:
    await Team.alter().set_default(Team.title, "a, (b")
    await teams.send("INSERT INTO probe_team (code) VALUES ('d')")
    await Team.alter().set_default(Team.size, -7)
    with pytest.raises(REFUSED):
        await teams.send("INSERT INTO probe_team (code, title) VALUES ('e', 'E')")
    await Team.alter().drop_default(Team.size)
    await teams.send("INSERT INTO probe_team (code, title) VALUES ('f', 'F')")
    rows = await teams.send("SELECT code, title, size FROM probe_team WHERE code IN ('d', 'f') ORDER BY code")
    assert [tuple(row.values()) for row in rows] == [("d", "a, (b", 1), ("f", "F", None)]


async def test_types(teams: AnyDatabase) -> None:
    await Team.alter().drop_constraint("probe_team_positive")
    await Team.alter().set_column_type(Team.size, Text(), using_expression="size::text")
    assert (await teams.send("SELECT size FROM probe_team"))[0]["size"] == "3"
    await teams.send("UPDATE probe_team SET size = 'many'")
    back = Integer()
    with pytest.raises((sqlite3.IntegrityError, asyncpg.DataError, ValueError)):
        await Team.alter().set_column_type(Team.size, back, using_expression="size::integer")
    await teams.send("UPDATE probe_team SET size = '4'")
    await Team.alter().set_column_type(Team.size, back, using_expression="size::integer")
    assert (await teams.send("SELECT size FROM probe_team"))[0]["size"] == 4


async def test_unique_on_and_off(teams: AnyDatabase) -> None:
    await Team.alter().set_unique(Team.code, boolean=False)
    await team(code="a")
    with pytest.raises(Conflict):
        await Team.alter().set_unique(Team.code, boolean=True)
    await Team.delete().where(Team.title == "Z")
    await Team.alter().set_unique(Team.code, boolean=True)
    with pytest.raises(Conflict):
        await team(code="a")


async def test_constraints_added_renamed_and_dropped(teams: AnyDatabase) -> None:
    with pytest.raises(REFUSED):
        await Team.alter().add_constraint(Check("size > 5", name="probe_team_large"))
    await Team.alter().add_constraint(Check("size < 9 OR title = 'x, )'", name="probe_team_small"))
    with pytest.raises(REFUSED):
        await team(size=9)
    await Team.alter().rename_constraint("probe_team_small", "probe_team_tiny")
    await Team.alter().rename_constraint("probe_team_one_title_a_size", "probe_team_renamed")
    await Team.alter().drop_constraint("probe_team_tiny")
    await Team.alter().drop_constraint("probe_team_renamed")
    await Team.alter().drop_constraint("probe_team_never_was")
    await team(size=9)
    await team(code="y", size=9)


async def test_foreign_keys_added_and_dropped(teams: AnyDatabase) -> None:
    await Player.alter().drop_foreign_key_constraint(Player.team)
    await Player.insert(Player(team=987654, name="stray"))
    with pytest.raises(BrokenReference):
        await Player.alter().add_foreign_key_constraint(Player.team, on_delete=OnDelete.restrict)
    await Player.delete(force=True)
    await Player.alter().add_foreign_key_constraint(Player.team, on_delete=OnDelete.restrict)
    with pytest.raises(BrokenReference):
        await Player.insert(Player(team=987654, name="stray"))


async def test_names(teams: AnyDatabase) -> None:
    await Team.alter().rename_column(Team.size, "heads")
    with pytest.raises(REFUSED):
        await teams.send("UPDATE probe_team SET heads = 0")
    await Team.alter().rename_table("probe_squad")
    await Player.insert(Player(team=1, name="p"))
    with pytest.raises(BrokenReference):
        await Player.insert(Player(team=987654, name="p"))


async def test_a_table_that_others_need_is_not_dropped(teams: AnyDatabase) -> None:
    await Player.insert(Player(team=1, name="p"))
    with pytest.raises((sqlite3.IntegrityError, asyncpg.DependentObjectsStillExistError)):
        await Team.alter().drop_table()
    assert await Player.count() == 1
    await Player.alter().drop_table()
    await Team.alter().drop_table(cascade=True)
    assert not await Team.table_exists()


async def test_a_schema_change_is_undone_with_its_transaction(teams: AnyDatabase) -> None:
    async with transaction() as level:
        await Team.alter().add_constraint(Check("size < 9", name="probe_team_small"))
        await Team.alter().add_column("nick", Varchar(length=5, null=True, default=None, unique=True))
        level.discard()
    await team(size=9)
    assert "nick" not in (await teams.send("SELECT * FROM probe_team"))[0]
    if isinstance(teams, SQLiteDatabase):
        assert await teams.send("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


@pytest.mark.parametrize(
    "text",
    [
        """CREATE TABLE "t" ("id" INTEGER PRIMARY KEY NOT NULL, "a,(b" TEXT NOT NULL DEFAULT 'x, (''y'')')""",
        'CREATE TABLE "t" ("n" NUMERIC (10,2) DEFAULT - 1.5, CONSTRAINT "c" CHECK (n > 1 AND (n < 2)))',
        'CREATE TABLE "t" ("p" INTEGER NULL REFERENCES "t" ("id") ON DELETE SET NULL ON UPDATE NO ACTION '
        "DEFERRABLE INITIALLY DEFERRED DEFAULT null) STRICT",
        'CREATE TABLE IF NOT EXISTS "t" ("w" TEXT COLLATE NOCASE CONSTRAINT "u" UNIQUE CHECK (w <> \'\'))',
    ],
)
def test_a_stored_text_is_written_back_with_the_same_meaning(text: str) -> None:
    once = str(TableText.read(text))
    assert str(TableText.read(once)) == once
    assert once.replace(" ", "") == text.replace(" ", "")


def test_a_columns_clauses_are_told_apart() -> None:
    column = ColumnText.read(
        '"p" INTEGER NOT NULL REFERENCES "t" ("id") ON DELETE SET DEFAULT ON UPDATE CASCADE DEFAULT +7 UNIQUE'
    )
    assert column.kind == "INTEGER"
    assert list(column.clauses) == ["NOT NULL", "REFERENCES", "DEFAULT", "UNIQUE"]
    assert column.clauses["DEFAULT"] == "DEFAULT + 7"
