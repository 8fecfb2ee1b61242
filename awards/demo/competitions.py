"""Competitions that come in as folders, are calibrated, decided and published by two people."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from awards.accounts.tables import Approval
from awards.actor import SYSTEM, Actor
from awards.clock import Clock
from awards.editions.document import EditionDocument
from awards.editions.queries import milestones_of, rounds_of
from awards.exchange.edition_file import parse
from awards.exchange.folder import Folder, read_folder
from awards.exchange.services import ImportReport, import_folder
from awards.publication.forms import AskToPublish, SignPublication
from awards.publication.services import ask_to_publish, sign_publication
from awards.results.forms import JudgeRun
from awards.results.services import adopt_run, calibrate_round

HERE = Path(__file__).parent
# The edition files of the demonstration are written around this instant; loading moves them to its own.
ANCHOR = datetime(2027, 1, 1, 12, tzinfo=UTC)


def shifted(document: EditionDocument, by: timedelta) -> EditionDocument:
    """Every instant moved by the same span, and the year with them."""
    return replace(
        document,
        milestones=tuple(replace(one, at=one.at + by) for one in document.milestones),
        rounds=tuple(replace(one, opens=one.opens + by, closes=one.closes + by) for one in document.rounds),
    )


def moved_file(name: str, now: datetime) -> EditionDocument:
    """One of the demonstration's edition files, its dates moved to the present."""
    text = (HERE / name / "edition.toml").read_text(encoding="utf-8")
    return shifted(parse(text), whole_hours_from_anchor(now))


def whole_hours_from_anchor(now: datetime) -> timedelta:
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour - ANCHOR


async def add_competition(name: str, *, clock: Clock, moved_to: datetime | None = None) -> ImportReport:
    folder: Folder = read_folder(HERE / name)
    if moved_to is not None:
        document = shifted(folder.edition, whole_hours_from_anchor(moved_to))
        folder = replace(folder, edition=document)
    return await import_folder(folder=folder, actor=SYSTEM, clock=clock)


async def calibrate_rounds(
    edition_id: int, *, actor: Actor, clock: Clock, reason: str = "The first run."
) -> None:
    for round_ in await rounds_of(edition_id):
        number = await calibrate_round(round_id=round_.id, actor=actor, clock=clock)
        command = JudgeRun(round_id=round_.id, number=number, reason=reason)
        await adopt_run(command=command, actor=actor, clock=clock)


async def publish(edition_id: int, *, first: Actor, second: Actor, clock: Clock, note: str = "") -> None:
    """Everything, with both signatures: at the instant that was announced, or now where that is over."""
    announced = (
        one.at
        for one in await milestones_of(edition_id)
        if one.kind == "announcement" and one.at > clock.now()
    )
    wish = {"edition_id": edition_id, "shows": "full", "visible_at": next(announced, None), "note": note}
    approval_id = await ask_to_publish(command=AskToPublish.model_validate(wish), actor=first, clock=clock)
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval_id)
    command = SignPublication(
        edition_id=edition_id, approval_id=approval_id, sha256=rows[0]["subject_sha256"]
    )
    await sign_publication(command=command, actor=second, clock=clock)
