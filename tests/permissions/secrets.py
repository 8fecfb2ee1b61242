"""What people wrote for few eyes: a city for the secretariat, a judge for nobody yet, the house for itself.

Each holds a word of its own, which stands nowhere else; `canaries` says who may read it.
"""

from typing import TYPE_CHECKING

from awards.accounts.tables import Approval
from awards.entries.tables import (
    Appeal,
    Enquiry,
    EntryVersion,
    HelpRequest,
    LateTry,
    Redaction,
    Screening,
    WorkingText,
)
from awards.panels.tables import (
    Affiliation,
    Assignment,
    CityNomination,
    ConflictOverride,
    Objection,
    SetAside,
)
from awards.publication.tables import NoteReview
from awards.results.tables import Waiver
from awards.scoresheets.tables import HeldOperation
from tests.factories import DAY, add, sealed
from tests.people import AMINA, CHIARA, EUN_JI, FARID, id_of
from tests.permissions.canaries import (
    APPEAL,
    ASIDE,
    EMPLOYER,
    ENQUIRY,
    HELD,
    HELP,
    LATE,
    LATE_TRY,
    NOMINATION,
    NOMINEE,
    OBJECTION,
    OVERRIDDEN,
    REDACTED,
    REFUSAL,
    REPLY,
    SCREENING,
    STRUCK,
    UNWANTED,
    WAIVED,
    WORKING,
)

if TYPE_CHECKING:
    from tests.permissions.world import World


async def plant(made: "World") -> None:
    """Of the first entry and of the judge of the table."""
    season, entry, amina = made.season, made.entries[0], await id_of(AMINA)
    eun_ji = await id_of(EUN_JI)
    await add(Objection, entry=entry, name=UNWANTED, folded=UNWANTED.casefold(), reason=OBJECTION, by=amina)
    await add(
        CityNomination, edition=season.edition_id, entrant=made.cities[0], by=amina, name=NOMINEE,
        email="nominee@nowhere.example", folded="nominee@nowhere.example", country="KR", reason=NOMINATION,
        expertise=NOMINATION,
    )  # fmt: skip
    await add(
        WorkingText,
        entry=entry,
        question=season.question_id,
        text=WORKING,
        lang="ko",
        by=amina,
        saved_at=made.now,
    )
    # Answered: one that stands lets the secretariat into the draft.
    await add(HelpRequest, entry=entry, text=HELP, by=amina, ended_at=made.now, ended_by=eun_ji)
    await add(
        LateTry, edition=season.edition_id, entrant=made.cities[0], entry=entry, tried=LATE_TRY,
        closed=made.now, by=amina,
    )  # fmt: skip
    await add(Affiliation, person=await id_of(CHIARA), organisation=EMPLOYER, kind="employer", since=made.now)
    if not made.since("judging"):
        return
    await add(Screening, entry=entry, screener=eun_ji, outcome="eligible", note=SCREENING, done_at=made.now)
    await add(
        Enquiry, entry=entry, questions='["summary"]', text=ENQUIRY, due=made.now, by=eun_ji, reply=REPLY,
        answered_at=made.now, answered_by=amina,
    )  # fmt: skip
    await add(Appeal, entry=entry, text=APPEAL, by=amina, as_role="city")
    (version,) = await EntryVersion.select(EntryVersion.id).where(EntryVersion.entry == entry).limit(1)
    await add(
        Redaction, entry_version=version["id"], part="summary", text=REDACTED, by=eun_ji, ended_at=made.now
    )
    if not made.since("closed"):
        return
    (own,) = await Assignment.raw(
        "SELECT a.id, a.seat FROM assignment a JOIN scoresheet sh ON sh.assignment = a.id WHERE sh.id = {}",
        made.sheets[-1],
    )
    refused = await add(
        Approval, action="refuse late marks", subject_kind="assignment", subject_id=own["id"],
        subject_sha256="0" * 64, asked_by=eun_ji, given_by=await id_of(FARID), given_at=made.now, reason=REFUSAL,
    )  # fmt: skip
    change = sealed({"marks": {}, "notes": {"city": LATE}})[0]
    await add(
        HeldOperation, assignment=own["id"], actor_id=await id_of(CHIARA), operation="late" * 8, base_version=2,
        change=change, device_at=made.now - 3 * DAY, device_ahead=0, deadline=made.now - 2 * DAY, state="refused",
        approval=refused, decided_at=made.now,
    )  # fmt: skip
    # It counts again: what was said of it stays.
    await add(
        SetAside, assignment=own["id"], code="secretariat", reason=ASIDE, state="signed", by=eun_ji,
        restored_at=made.now, restored_by=eun_ji, restored_reason=ASIDE,
    )  # fmt: skip
    await add(
        NoteReview, scoresheet=made.sheets[-1], note_sha256="0" * 64, outcome="struck", struck=STRUCK, reason=HELD,
        by=eun_ji,
    )  # fmt: skip
    let_pass = {
        "subject_sha256": "0" * 64,
        "asked_by": eun_ji,
        "given_by": await id_of(FARID),
        "given_at": made.now,
    }
    await add(
        ConflictOverride, seat=own["seat"], entry=entry, code="past-employer",
        approval=await add(
            Approval, action="override conflict", subject_kind="seat", subject_id=own["seat"], reason=OVERRIDDEN,
            **let_pass,
        ),
    )  # fmt: skip
    await add(
        Waiver, round=season.round_id, item="sheets:nobody", item_sha256="0" * 64,
        approval=await add(
            Approval, action="waive at the gate", subject_kind="round", subject_id=season.round_id, reason=WAIVED,
            **let_pass,
        ),
    )  # fmt: skip
