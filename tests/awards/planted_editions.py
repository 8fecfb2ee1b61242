"""Defects of an edition and its rulesets, planted into the world of the invariants."""

from typing import Any

from awards.audit.tables import Event
from awards.editions.queries import document_of
from awards.editions.readiness import frozen_document
from awards.editions.tables import RubricLevel, Ruleset, RulesetRequest
from awards.invariants import TRUTHS
from tests import factories
from tests.factories import add


async def ruleset_by_one(made: Any) -> None:
    await factories.ruleset(made.season.edition_id, round_id=made.season.round_id, version=2)


async def rules_past_the_ruleset(made: Any) -> None:
    frozen = frozen_document(await document_of(made.season.edition_id), "first")
    body, sha256 = factories.sealed(frozen)
    await Ruleset.update({Ruleset.body: body, Ruleset.sha256: sha256}).where(Ruleset.id == made.ruleset)
    truth = next(truth for truth in TRUTHS if truth.name == "rulesets-are-in-force")
    assert await truth.broken() == []
    await Event.raw("UPDATE criterion_weight SET weight = 61 WHERE criterion = {}", made.season.criteria[0])


async def request_for_other_rules(made: Any) -> None:
    body, sha256 = factories.sealed({})
    await add(
        RulesetRequest, edition=made.season.edition_id, approval=made.approval, base=body, base_sha256=sha256,
        body=body, sha256=sha256, public_note="As announced.",
    )  # fmt: skip


async def rubric_off_the_scale(made: Any) -> None:
    await add(RubricLevel, criterion=made.season.criteria[0], mark=11, text="beyond")


async def scale_of_another(made: Any) -> None:
    await Event.raw(
        "UPDATE criterion SET scale = {} WHERE id = {}", made.other.scale_id, made.season.criteria[0]
    )


async def prize_of_another(made: Any) -> None:
    await Event.raw(
        "UPDATE prize SET category = {} WHERE id = {}", made.other.category_id, made.season.prize_id
    )


async def ruleset_of_another(made: Any) -> None:
    await factories.ruleset(made.other.edition_id, round_id=made.season.round_id)


async def run_under_other_rules(made: Any) -> None:
    await factories.run(made.season.round_id, await factories.ruleset(made.other.edition_id), number=2)
