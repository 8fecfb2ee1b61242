"""Unique rules over rows that are not ended, and the orders that pages read by. Both engines take the same text."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-21T20:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "unique rules over open rows"

UNIQUE = {
    "email_address_one_primary": "email_address (person) WHERE is_primary",
    "approval_one_open": "approval (action, subject_kind, subject_id) WHERE ended_at IS NULL AND given_at IS NULL",
    "entrant_link_one_open": "entrant_link (a, b, kind) WHERE until IS NULL",
    "official_one_open": "official (person, entrant) WHERE until IS NULL",
    "role_grant_one_open": "role_grant (person, role, scope) WHERE until IS NULL",
    "membership_one_open": "membership (entrant, programme) WHERE until IS NULL",
    "calibration_run_one_adopted": "calibration_run (round) WHERE state = 'adopted'",
    "job_one_open": "job (kind, subject_kind, subject_id) WHERE state IN ('queued', 'running')",
}
ORDERS = {
    "message_due": "message (state, not_before)",
    "event_by_subject": "event (subject_kind, subject_id, seq)",
    "event_by_action": "event (action, seq)",
    "event_by_edition": "event (edition_id, seq)",
    "entry_by_edition": "entry (edition, category, state)",
}


class Anything(Table):
    """Piccolo sends raw statements through a table."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="awards", description=DESCRIPTION)

    async def create() -> None:
        for name, what in UNIQUE.items():
            await Anything.raw(f"CREATE UNIQUE INDEX IF NOT EXISTS {name} ON {what}")
        for name, what in ORDERS.items():
            await Anything.raw(f"CREATE INDEX IF NOT EXISTS {name} ON {what}")

    async def drop() -> None:
        for name in (*UNIQUE, *ORDERS):
            await Anything.raw(f"DROP INDEX IF EXISTS {name}")

    manager.add_raw(create)
    manager.add_raw_backwards(drop)
    return manager
