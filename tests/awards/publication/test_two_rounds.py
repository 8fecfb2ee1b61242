"""From the longlist to a pack that checks out: marks carried over, a prize for few, and one that goes to the next."""

import json
from pathlib import Path

import pytest

from awards.cities.tables import Entrant
from awards.clock import FixedClock
from awards.editions.tables import Prize
from awards.errors import Denied
from awards.publication.gate import lacks_of
from awards.publication.pack.queries_sealed import sealed_pack
from awards.results import services
from awards.results.forms import JudgeRun
from awards.results.queries import outdated_rounds
from awards.results.tables import CalibrationRun
from judging import canonical_bytes
from tests.awards.publication.published import ask, sign
from tests.awards.publication.test_pack_sealed import checked
from tests.awards.results.judged import Judged
from tests.awards.results.test_advancing import say
from tests.awards.results.two_rounds import judge_final, two_rounds
from tests.factories import AT, add
from tests.page import Client


async def final_adopted(clock: FixedClock) -> tuple[Judged, int]:
    season, final = await two_rounds(clock, carried=100)
    await say(season, clock, 0, 1, 2)
    await judge_final(season, final, (8, 7, 5))
    actor = await season.actor()
    number = await services.calibrate_round(round_id=final, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=final, number=number), actor=actor, clock=clock)
    return season, final


async def test_what_two_rounds_decided_is_checked_from_the_pack_alone(
    client: Client, clock: FixedClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    season, _final = await final_adopted(clock)
    edition_id, refs = season.season.edition_id, season.references
    await Entrant.update({Entrant.region: "Africa"}).where(Entrant.id.is_in(list(season.entrants[1:3])))
    for code, kind in (("best-africa", "ring-fenced"), ("next-africa", "cascade")):
        await add(
            Prize, edition=edition_id, category=season.season.category_id, code=code, name=code, position=5,
            places=1, kind=kind, values='[["region","Africa"]]',
        )  # fmt: skip
    assert await services.take_proposals(edition_id=edition_id, actor=await season.actor(), clock=clock) == 4
    assert await lacks_of(edition_id, AT) == []
    await sign(season, clock, await ask(season, clock, shows="full"))
    auditor = (await sealed_pack(edition_id, "auditor")).body
    pack = json.loads(auditor)["pack"]
    assert [one["code"] for one in pack["rounds"]] == ["first", "final"]
    held = {one["prize"]: one["reference"] for one in pack["prizes"]["decided"]}
    # The best of Africa has silver too; the prize for the next of Africa passes it over.
    assert held == {"gold": refs[0], "silver": refs[1], "best-africa": refs[1], "next-africa": refs[2]}
    assert set(checked(tmp_path, auditor, capsys=capsys).values()) == {"holds"}
    here = f"/awards/{season.season.programme}/{season.season.edition}"
    alone = "the plain mean is of this round alone"
    for page in ("/inclusive", "/method"):
        assert alone in (await client.get(here + page)).text, page
    winner = await client.get(f"{here}/inclusive/lindmere")
    assert "(8.00 × 60 + 8.33 × 40 + 8.99 × 100) ÷ 200 = 8.56" in winner.text
    assert "what the entry brought along from the round before" in winner.text
    assert "without what is carried over" in (await client.get(f"{here}/data")).text


async def test_a_correction_of_the_longlist_leaves_the_final_out_of_date(clock: FixedClock) -> None:
    """Another run of the first round gives other totals: the final was computed from those before."""
    season, _final = await final_adopted(clock)
    edition_id, first = season.season.edition_id, season.season.round_id
    assert await outdated_rounds(edition_id) == set()
    run = await CalibrationRun.select().where(CalibrationRun.round == first).first()
    assert run is not None
    body = json.loads(run["body"])
    for standing in body["standings"]:
        if standing["scope"] == "all":
            standing["estimate"] -= 1_000_000
    await CalibrationRun.update({CalibrationRun.body: canonical_bytes(body).decode()}, force=True).where(
        CalibrationRun.id == run["id"]
    )
    assert await outdated_rounds(edition_id) == {"final"}
    await services.take_proposals(edition_id=edition_id, actor=await season.actor(), clock=clock)
    with pytest.raises(Denied):
        await ask(season, clock, shows="full")
