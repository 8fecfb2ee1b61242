"""The peer of a save: sqlite3 alone, writing the same rows into the same tables with one durable commit each.

No session, no rights, no rules, no hashes: strings of the right length stand for them.
"""

import sqlite3
import time
from pathlib import Path

WIDE = "x" * 64


def saves_per_second(database: Path, seconds: float, *, run: int) -> tuple[float, float]:
    """And the milliseconds of processor time of one."""
    connection = sqlite3.connect(database, isolation_level=None, cached_statements=256)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return _save(connection, seconds, run)
    finally:
        connection.close()


def _save(connection: sqlite3.Connection, seconds: float, run: int) -> tuple[float, float]:
    sheets = _sheets(connection)
    criteria = [row[0] for row in connection.execute("SELECT id FROM criterion ORDER BY id")]
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
    count, began, spent = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        sheet = sheets[count % len(sheets)]
        sheet[2] += 1
        seq += 1
        connection.execute("BEGIN IMMEDIATE")
        _rows(connection, sheet, criteria, seq, f"raw{run:03d}-{count:08d}", count)
        connection.execute("COMMIT")
        count += 1
    return count / (time.perf_counter() - began), (time.process_time() - spent) / count * 1000


def _sheets(connection: sqlite3.Connection) -> list[list[int]]:
    """Assignment, sheet and version of each; the sheets are made before the time runs."""
    at = "2026-03-10 09:00:00+00:00"
    connection.execute(
        "INSERT INTO scoresheet (assignment, version, position, confidence, created_at)"
        " SELECT id, 0, 1, '', ? FROM assignment WHERE id NOT IN (SELECT assignment FROM scoresheet)",
        (at,),
    )
    return [list(row) for row in connection.execute("SELECT assignment, id, version FROM scoresheet")]


def _rows(
    connection: sqlite3.Connection, sheet: list[int], criteria: list[int], seq: int, key: str, count: int
) -> None:
    assignment, scoresheet, version = sheet
    at = "2026-03-10 09:00:00.123456+00:00"
    connection.execute("UPDATE scoresheet SET version = ? WHERE id = ?", (version, scoresheet))
    connection.execute(
        "INSERT INTO sheet_revision (scoresheet, version, actor_id, operation, base_version, change, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (scoresheet, version, 1, key, version - 1, '{"marks":{"impact":7,"new":8},"notes":{}}', at),
    )
    connection.executemany(
        "INSERT INTO mark (scoresheet, criterion, value, state, created_at) VALUES (?, ?, ?, 'given', ?)"
        " ON CONFLICT (scoresheet, criterion) DO UPDATE SET value = excluded.value",
        [(scoresheet, criterion, count % 11, at) for criterion in criteria],
    )
    connection.execute("UPDATE assignment SET state = 'started', saved_at = ? WHERE id = ?", (at, assignment))
    event = connection.execute(
        "INSERT INTO event (seq, at, actor_id, as_role, action, subject_kind, subject_id, edition_id, request_id,"
        " before_sha256, after_sha256, detail_sha256, salt, prev, hash, created_at)"
        " VALUES (?, ?, 1, 'judge', 'sheet saved', 'scoresheet', ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
        (seq, at, scoresheet, WIDE[:16], WIDE, WIDE, WIDE, WIDE[:32], WIDE, f"{seq:064d}", at),
    )
    connection.execute(
        "INSERT INTO event_detail (event, reason, address, detail_salt, created_at) VALUES (?, '', ?, ?, ?)",
        (event.lastrowid, "127.0.0.1", WIDE[:32], at),
    )
