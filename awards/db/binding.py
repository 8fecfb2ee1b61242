"""Which engine the tables use. Piccolo asks a module for it; tests and commands choose another."""

import sys

from piccolo.table import Table

from awards.db.urls import AnyDatabase, database_url, engine_from_url

_bound: AnyDatabase | None = None
# Where Piccolo looks, for tables that are imported later. It is imported when first asked for: it needs Piccolo's
# command line, which a server does without.
_CONFIGURATION = "awards.piccolo_conf"


def bind(engine: AnyDatabase) -> None:
    """Point every table, those not yet imported too, to this engine."""
    global _bound
    if _CONFIGURATION in sys.modules:
        sys.modules[_CONFIGURATION].__dict__["DB"] = engine
    for table in _all_tables(Table):
        table._meta.db = engine
    _bound = engine


def current() -> AnyDatabase:
    """The engine in use: the one bound last, else the one that the environment names."""
    if _bound is None:
        bind(engine_from_url(database_url()))
    assert _bound is not None
    return _bound


def _all_tables(parent: type[Table]) -> list[type[Table]]:
    children = parent.__subclasses__()
    return children + [table for child in children for table in _all_tables(child)]
