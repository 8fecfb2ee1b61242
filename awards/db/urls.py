"""Which database: one address decides the engine."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from awards.db.postgres import PostgresDatabase
from awards.db.sqlite import SQLiteDatabase

AnyDatabase = SQLiteDatabase | PostgresDatabase


def database_url(environ: Mapping[str, str] = os.environ) -> str:
    """AWARDS_DATABASE_URL, or a file in the data folder."""
    url = environ.get("AWARDS_DATABASE_URL")
    if url:
        return url
    return f"sqlite:///{Path(environ.get('AWARDS_DATA') or 'awards-data').absolute() / 'awards.sqlite'}"


def engine_from_url(url: str) -> AnyDatabase:
    """`sqlite:///relative`, `sqlite:////absolute`, `postgresql://user:word@host/name`. Does not connect."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        path = rest.removeprefix("/")
        if not rest.startswith("/") or not path or "?" in path or path == ":memory:":
            raise ValueError("a SQLite address is sqlite:///folder/file, without options")
        return SQLiteDatabase(Path(path).absolute())
    if scheme in ("postgresql", "postgres"):
        if not urlsplit(url).path.strip("/"):
            raise ValueError("a PostgreSQL address is postgresql://user:password@host/name, with the name")
        return PostgresDatabase(url)
    raise ValueError("a database address begins with sqlite:/// or postgresql://")
