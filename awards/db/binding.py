"""Which engine the tables use. Piccolo asks a module for it; tests and commands choose another."""

from piccolo.conf.apps import Finder
from piccolo.table import Table

from awards.db.postgres import PostgresDatabase
from awards.db.sqlite import SQLiteDatabase
from awards.db.urls import AnyDatabase

_bound: AnyDatabase | None = None


def bind(engine: AnyDatabase) -> None:
    """Point every table, those not yet imported too, to this engine."""
    global _bound
    configuration = Finder().get_piccolo_conf_module()
    if configuration is None:
        raise RuntimeError("there is no piccolo_conf module")
    configuration.DB = engine  # where Piccolo looks for tables that are imported later
    for table in _all_tables(Table):
        table._meta.db = engine
    _bound = engine


def current() -> AnyDatabase:
    """The engine in use: the one bound last, else the one that the environment names."""
    if _bound is not None:
        return _bound
    engine = Finder().get_engine()
    if not isinstance(engine, SQLiteDatabase | PostgresDatabase):
        raise RuntimeError("piccolo_conf names no engine of ours")
    bind(engine)
    return engine


def _all_tables(parent: type[Table]) -> list[type[Table]]:
    children = parent.__subclasses__()
    return children + [table for child in children for table in _all_tables(child)]
