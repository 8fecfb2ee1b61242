"""Every truth holds of a sound database, and each notices the one defect that is planted against it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from awards.accounts.tables import EmailAddress
from awards.audit.tables import Event, KeptHead
from awards.cities.tables import Entrant
from awards.editions.tables import Extension
from awards.entries.tables import EntryConsent, LateTry
from awards.invariants import TRUTHS, broken
from awards.jobs.tables import Job
from awards.panels.tables import DeclaredConflict, SeatCategory, SetAside
from awards.scoresheets.tables import SheetNote
from tests import factories
from tests.awards import planted_advancing as advancing
from tests.awards import planted_announced as announced
from tests.awards import planted_conflicts as conflicts
from tests.awards import planted_deliberations as deliberations
from tests.awards import planted_files as filed
from tests.awards import planted_practices as practices
from tests.awards import planted_screening as screened
from tests.awards import planted_sheets as sheets
from tests.awards import planted_told as told
from tests.awards import planted_waivers as waivers
from tests.awards.planted_editions import (
    prize_of_another,
    request_for_other_rules,
    rubric_off_the_scale,
    rules_past_the_ruleset,
    ruleset_by_one,
    ruleset_of_another,
    run_under_other_rules,
    scale_of_another,
)  # fmt: skip
from tests.awards.sound import World, world
from tests.factories import AT, DAY, add

Plant = Callable[[World], Awaitable[object]]


def sql(text: str, *names: str, at: int | None = None) -> Plant:
    """Run a statement with the ids that the names stand for."""

    async def plant(made: World) -> object:
        arguments = [AT + at * DAY] if at is not None else []
        return await Event.raw(text, *arguments, *(getattr(made, name) for name in names))

    return plant


async def another_head(made: World) -> None:
    await add(KeptHead, day="2026-03-10", seq=1, hash="0" * 64)


async def second_primary(made: World) -> None:
    await Event.raw("DROP INDEX email_address_one_primary")
    await add(EmailAddress, person=made.amina, address="b@c.example", folded="b@c.example", is_primary=True)


async def self_approval(made: World) -> None:
    await factories.approval(made.amina, None, given_at=AT, action="alone")


async def declined_city(made: World) -> None:
    await Entrant.update({Entrant.state: "declined"}).where(Entrant.id == made.city)


async def role_over_nothing(made: World) -> None:
    await factories.grant(made.amina, "auditor", "edition:424242")


async def same_reference(made: World) -> None:
    rows = await Event.raw("SELECT reference FROM entry WHERE id = {}", made.entry)
    await factories.entry(made.other, reference=rows[0]["reference"].lower())


async def call_backwards(made: World) -> None:
    await Event.raw(
        "UPDATE milestone SET at = {} WHERE edition = {} AND kind = 'closes'",
        AT - 99 * DAY,
        made.other.edition_id,
    )


async def category_of_another(made: World) -> None:
    await Event.raw("UPDATE entry SET category = {} WHERE id = {}", made.other.category_id, made.entry)


async def lost_submission(made: World) -> None:
    lost = await factories.entry(made.other)
    await Event.raw("DELETE FROM entry_version WHERE entry = {}", lost)


async def late_by_nothing(made: World) -> None:
    """Half open: at the deadline's own instant it is late."""
    await Event.raw(
        'UPDATE entry_version SET arrived_at = {}, "by" = {} WHERE entry = {}',
        AT - 10 * DAY,
        made.amina,
        made.entry,
    )


async def extension_of_another(made: World) -> None:
    """One of the same entrant in the same edition is as it should be; the entry of another season is not."""
    for entry in (made.entry, await factories.entry(made.other, made.city)):
        await add(
            Extension, edition=made.season.edition_id, entrant=made.city, entry_id=entry, was=AT, until=AT + DAY,
            ended_at=AT,
        )  # fmt: skip


async def refused_in_time(made: World) -> None:
    await add(
        LateTry, edition=made.season.edition_id, entrant=made.city, tried="submit", closed=AT + DAY,
        by=made.amina,
    )  # fmt: skip


async def declared_for_nothing(made: World) -> None:
    await add(EntryConsent, entry=made.entry, kind="declaration", number=9, text="True.", by=made.amina)


async def too_many_entries(made: World) -> None:
    for _number in range(3):
        await factories.entry(made.other, made.city, by=made.amina)


async def same_label(made: World) -> None:
    await factories.seat(made.season.round_id, made.amina, label="kestrel")


async def round_of_another(made: World) -> None:
    await factories.round_entry(made.season.round_id, await factories.entry(made.other))


async def assignment_over_rounds(made: World) -> None:
    seat = await factories.seat(made.other.round_id, made.amina)
    await factories.assignment(made.in_round, seat)


async def category_not_served(made: World) -> None:
    await add(SeatCategory, seat=made.seat, category=made.other.category_id)


async def conflict_declared(made: World) -> None:
    await add(
        DeclaredConflict, person=made.chiara, edition=made.season.edition_id, entry=made.entry,
        code="declared", source="judge", created_at=AT - DAY,
    )  # fmt: skip


async def conflict_passed_over(made: World) -> None:
    await Event.raw("UPDATE round SET state = 'open' WHERE id = {}", made.season.round_id)
    await add(
        DeclaredConflict, person=made.chiara, edition=made.season.edition_id, entry=made.entry,
        code="secretariat", source="secretariat", created_at=AT + timedelta(hours=1),
    )  # fmt: skip


async def left_out_by_one(made: World) -> None:
    await add(
        SetAside, assignment=made.assignment, code="voided", reason="Keyed twice", state="signed",
        by=made.amina, approval=made.approval, restored_at=AT, restored_by=made.amina,
    )  # fmt: skip


async def read_again_by_nobody(made: World) -> None:
    await Event.raw("UPDATE round SET state = 'extra' WHERE id = {}", made.season.round_id)


async def read_again_until_two_instants(made: World) -> None:
    for number, assignment in enumerate((made.assignment, made.waiting)):
        await Event.raw(
            "UPDATE assignment SET origin = 'extra', extra_until = {} WHERE id = {}",
            AT + number * DAY, assignment,
        )  # fmt: skip


async def aside_and_gone(made: World) -> None:
    await add(
        SetAside, assignment=made.waiting, code="declared", reason="Family", state="started", by=made.chiara
    )


async def mark_of_another(made: World) -> None:
    await Event.raw("DELETE FROM criterion_weight WHERE criterion = {}", made.season.criteria[0])


async def note_from_nowhere(made: World) -> None:
    await add(SheetNote, scoresheet=made.sheet, audience="city", text="never written")


async def second_adopted(made: World) -> None:
    await Event.raw("DROP INDEX calibration_run_one_adopted")
    await factories.run(made.season.round_id, made.ruleset, number=2, state="adopted")


async def early_run(made: World) -> None:
    await factories.run(made.other.round_id, await factories.ruleset(made.other.edition_id))


async def published_of_another(made: World) -> None:
    await factories.published_entry(made.publication, entry=await factories.entry(made.other))


async def job_without_end(made: World) -> None:
    await add(Job, kind="other", state="failed")


PLANTED: dict[str, Plant] = {
    "one-primary-address": second_primary,
    "addresses-are-folded": sql("UPDATE email_address SET folded = 'X@Y' WHERE person = {}", "amina"),
    "sessions-end": sql("UPDATE session SET seen_at = {} WHERE person = {}", "amina", at=1),
    "links-work-in-time": sql("UPDATE ticket SET used_at = {}", at=1),
    "approvals-take-two": self_approval,
    "officials-serve-forwards": sql('UPDATE official SET "until" = {} WHERE person = {}', "amina", at=-9),
    "officials-of-the-living": declined_city,
    "roles-have-a-place": role_over_nothing,
    "states-are-known": sql("UPDATE seat SET state = 'asleep' WHERE id = {}", "seat"),
    "calls-open-before-they-close": call_backwards,
    "rubrics-stand-on-their-scale": rubric_off_the_scale,
    "pass-or-fail-has-two-marks": sql("UPDATE round SET kind = 'pass or fail'"),
    "criteria-stay-in-their-edition": scale_of_another,
    "prizes-stay-in-their-edition": prize_of_another,
    "rulesets-are-whole": sql("UPDATE ruleset SET body = 'other' WHERE id = {}", "ruleset"),
    "rulesets-name-their-round": ruleset_of_another,
    "rulesets-are-numbered": sql("UPDATE ruleset SET version = 2 WHERE id = {}", "ruleset"),
    "rulesets-are-changed-by-two": ruleset_by_one,
    "rulesets-are-in-force": rules_past_the_ruleset,
    "ruleset-requests-are-whole": request_for_other_rules,
    "references-differ": same_reference,
    "answers-are-their-last-revision": sql("UPDATE answer SET value = 'other' WHERE entry = {}", "entry"),
    "answers-stay-in-their-edition": category_of_another,
    "submitted-entries-have-a-version": lost_submission,
    "submissions-are-whole": sql("UPDATE entry_version SET body = 'other' WHERE entry = {}", "entry"),
    "submissions-are-numbered": sql("UPDATE entry_version SET number = 2 WHERE entry = {}", "entry"),
    "submissions-arrive-in-time": late_by_nothing,
    "declarations-are-of-submissions": declared_for_nothing,
    "extensions-stay-with-their-entrant": extension_of_another,
    "late-tries-were-late": refused_in_time,
    "screening-decides": sql(
        "UPDATE screening_decision SET outcome = 'ineligible' WHERE entry = {}", "entry"
    ),
    "refusals-have-a-reason": sql("UPDATE entry SET state = 'ineligible' WHERE id = {}", "entry"),
    "withdrawals-have-an-instant": sql("UPDATE entry SET state = 'withdrawn' WHERE id = {}", "entry"),
    "cities-keep-their-number": too_many_entries,
    "judges-read-what-was-let-in": screened.unscreened_in_a_round,
    "exclusions-take-two": screened.kept_out_by_one,
    "appeals-come-before-their-decision": screened.appeal_against_nothing,
    "finished-screenings-say-what-was-found": screened.finished_without_an_outcome,
    "answers-to-the-desk-change-what-was-asked": screened.answer_that_changes_more,
    "labels-differ": same_label,
    "rounds-read-their-edition": round_of_another,
    "rounds-read-a-submission": sql("UPDATE round_entry SET entry_version = NULL WHERE id = {}", "in_round"),
    "assignments-stay-in-their-round": assignment_over_rounds,
    "only-seated-judges-begin": sql("UPDATE seat SET state = 'ended'"),
    "seats-read-their-categories": category_not_served,
    "recusals-end-assignments": sql("UPDATE assignment SET state = 'recused' WHERE id = {}", "waiting"),
    "signatures-have-an-instant": sql("UPDATE assignment SET signed_at = NULL WHERE id = {}", "assignment"),
    "nobody-judges-in-conflict": conflict_declared,
    "conflicts-end-assignments": conflict_passed_over,
    "conflicts-are-overridden-by-two": conflicts.overridden_by_another_consent,
    "objections-name-their-conflict": conflicts.objection_without_its_judge,
    "nobody-is-in-the-pool-unasked": conflicts.in_the_pool_unasked,
    "sheets-aside-have-a-reason": sql(
        "UPDATE assignment SET state = 'set aside' WHERE id = {}", "assignment"
    ),
    "sheets-are-left-out-by-two": left_out_by_one,
    "rounds-read-again-what-was-asked": read_again_by_nobody,
    "further-reads-follow-a-closing": sql(
        "UPDATE assignment SET extra_until = {} WHERE id = {}", "assignment", at=1
    ),
    "further-reads-end-together": read_again_until_two_instants,
    "sheets-are-their-revisions": sql("UPDATE scoresheet SET version = 3 WHERE id = {}", "sheet"),
    "marks-are-replayed": sql("UPDATE mark SET value = 8 WHERE scoresheet = {}", "sheet"),
    "notes-are-replayed": note_from_nowhere,
    "marks-stand-on-their-scale": sql("UPDATE mark SET value = 11 WHERE scoresheet = {}", "sheet"),
    "marks-are-one-thing": sql(
        "UPDATE mark SET state = 'not enough evidence' WHERE scoresheet = {}", "sheet"
    ),
    "marks-are-of-what-is-judged": mark_of_another,
    "signed-sheets-are-complete": sql("UPDATE mark SET value = NULL WHERE scoresheet = {}", "sheet"),
    "begun-assignments-have-a-sheet": sql("UPDATE assignment SET state = 'started' WHERE id = {}", "waiting"),
    "sheets-aside-are-kept": aside_and_gone,
    "signatures-are-revisions": sql("UPDATE assignment SET state = 'started' WHERE id = {}", "assignment"),
    "receipts-keep-their-promise": sheets.promised_otherwise,
    "sheets-are-saved-in-time": sheets.late_save,
    "late-marks-are-decided-by-two": sheets.refused_by_nobody,
    "late-marks-were-written-in-time": sheets.held_before_the_deadline,
    "papers-are-keyed-in-by-the-rules": sheets.keyed_by_the_judge,
    "papers-count-when-their-judge-signs": sheets.signed_by_nobody_since,
    "one-adopted-run": second_adopted,
    "runs-are-numbered": sql("UPDATE calibration_run SET number = 2 WHERE id = {}", "run"),
    "runs-follow-their-rules": run_under_other_rules,
    "nothing-is-computed-early": early_run,
    "runs-are-whole": sql("UPDATE calibration_run SET inputs = '[]' WHERE id = {}", "run"),
    "standings-are-their-run": sql("UPDATE standing SET estimate = 6200001 WHERE run = {}", "run"),
    "severities-are-their-run": sql("UPDATE judge_effect SET severity = 1 WHERE run = {}", "run"),
    "decisions-are-numbered": sql("UPDATE prize_decision SET version = 2 WHERE id = {}", "decision"),
    "prizes-go-to-their-category": advancing.prize_to_another,
    "prizes-are-decided-by-their-edition": advancing.decided_by_another,
    "publications-are-signed-by-two": sql(
        "UPDATE approval SET ended_at = {} WHERE id = {}", "approval", at=0
    ),
    "publications-wait-for-the-second": sql(
        "UPDATE publication SET visible_at = {} WHERE id = {}", "publication", at=-1
    ),
    "signed-results-rest-on-decided-rounds": sql("UPDATE round SET state = 'closed'"),
    "decided-rounds-have-an-outcome": sql("UPDATE calibration_run SET state = 'superseded'"),
    "publications-are-numbered": sql("UPDATE publication SET number = 2 WHERE id = {}", "publication"),
    "published-entries-are-of-their-edition": published_of_another,
    "waivers-are-of-two": waivers.of_another_thing,
    "waivers-stand-alone": waivers.two_with_one_word,
    **advancing.PLANTED,
    **deliberations.PLANTED,
    "published-is-what-was-signed": sql("UPDATE published_entry SET rank = 2 WHERE id = {}", "published"),
    "published-is-what-was-recorded": sql(
        "UPDATE publication SET pack_sha256 = 'other' WHERE id = {}", "publication"
    ),
    "published-entries-are-their-entries": sql(
        "UPDATE published_entry SET entry = NULL WHERE id = {}", "published"
    ),
    "nothing-public-is-withdrawn": sql(
        "UPDATE publication SET withdrawn_at = {} WHERE id = {}", "publication", at=0
    ),
    **practices.PLANTED,
    **announced.PLANTED,
    **told.PLANTED,
    "messages-reach-whom-they-say": sql("UPDATE mailing SET recipients = 2"),
    "mails-of-messages-are-their-readers": sql("UPDATE message SET edition_id = 0"),
    "nobody-is-told-early-who-won": sql("UPDATE mailing SET sent_at = {}", at=-1),
    "shown-files-have-their-copies": sql("UPDATE stored_file SET state = 'failed'"),
    "pages-are-numbered-without-a-gap": sql("UPDATE file_copy SET number = 2 WHERE kind = 'page'"),
    "copies-lie-beside-their-file": sql(
        "UPDATE file_copy SET storage_key = 'aa/elsewhere.judge-0' WHERE kind = 'judge'"
    ),
    "uploads-hold-what-was-announced": sql('UPDATE upload SET "offset" = size + 1'),
    "attachments-stay-in-their-edition": filed.attached_to_a_text,
    "attachments-end-once": filed.replaced_by_none,
    "submitted-files-are-kept": filed.submitted_and_gone,
    "the-chain-is-whole": sql("UPDATE event SET subject_id = 5 WHERE seq = 1"),
    "actions-are-known": sql("UPDATE event SET action = 'dreamt' WHERE seq = 1"),
    "details-are-what-was-recorded": sql("UPDATE event_detail SET reason = 'otherwise'"),
    "events-name-their-edition": sql("UPDATE event SET edition_id = 424242 WHERE seq = 1"),
    "heads-are-of-the-trail": another_head,
    "heads-go-to-who-said-yes": sql("UPDATE message SET template = 'head-of-the-day'"),
    "mail-is-sent-once": sql("UPDATE message SET sent_at = NULL"),
    "jobs-end": job_without_end,
}


async def test_a_sound_database_breaks_nothing() -> None:
    await world()
    assert await broken() == []


async def test_an_empty_database_breaks_nothing() -> None:
    assert await broken() == []


def test_every_truth_has_its_defect() -> None:
    assert list(PLANTED) == [truth.name for truth in TRUTHS]


@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_defect_is_found(name: str) -> None:
    made = await world()
    await PLANTED[name](made)
    truth = next(truth for truth in TRUTHS if truth.name == name)
    found = await truth.broken()
    assert found, "the defect went unnoticed"
    assert all(problem.rule == name and problem.what and problem.sentence for problem in found)


async def test_a_chain_with_a_gap_is_found() -> None:
    await world()
    await Event.raw("UPDATE event SET seq = seq + 1 WHERE seq = 2")
    assert {problem.rule for problem in await broken()} == {"the-chain-is-whole"}


async def test_what_was_erased_is_no_defect() -> None:
    await world()
    await Event.raw("UPDATE event_detail SET reason = '', address = ''")
    assert await broken() == []


async def test_a_folder_judged_elsewhere_may_have_arrived_at_any_time() -> None:
    made = await world()
    late = AT + timedelta(days=400)
    await Event.raw(
        'UPDATE entry_version SET arrived_at = {}, "by" = NULL WHERE entry = {}', late, made.entry
    )
    assert await broken() == []
