"""Two packs are sealed with the second signature; before its instant nobody gets one, and both check out."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest

from awards.clock import FixedClock
from awards.errors import NotFound
from awards.invariants import broken
from awards.publication.pack.ed25519 import public_key
from awards.publication.pack.keys import secret_key
from awards.publication.pack.queries_sealed import keys_given_out, public_pack, sealed_pack
from awards.publication.pack.steps import worked_out
from awards.publication.tables import ResultPack
from awards.results import services as results
from awards.results.tables import CalibrationRun
from awards.verifier import verify_pack
from tests.awards.publication.published import ask, published, sign
from tests.awards.results.meeting import met
from tests.awards.results.test_deliberation import leave, move
from tests.factories import AT
from tests.page import Client
from tests.people import EUN_JI, LEILA

LATER = AT + timedelta(days=3)


def checked(tmp_path: Path, body: str, *options: str, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """What the program says of each step."""
    file = tmp_path / "pack.json"
    file.write_text(body, encoding="utf-8")
    verify_pack.main(str(file), *options)
    lines = [line.split(": ") for line in capsys.readouterr().out.splitlines()]
    return {line[0].split(" ")[1]: line[1] for line in lines}


async def test_both_packs_of_a_publication_hold(
    clock: FixedClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    season = await published(clock, shows="full")
    edition_id = season.season.edition_id
    public, auditor = await sealed_pack(edition_id, "public"), await sealed_pack(edition_id, "auditor")
    assert secret_key().hex() not in public.body + auditor.body
    assert json.loads(public.body)["pack"]["auditor_sha256"] == auditor.sha256
    assert hashlib.sha256(auditor.body.encode()).hexdigest() == auditor.sha256
    steps = checked(tmp_path, auditor.body, "--key", auditor.key, capsys=capsys)
    assert set(steps.values()) == {"holds"}, steps
    assert len(steps) == 15
    assert "does not hold" not in checked(tmp_path, public.body, capsys=capsys).values()


async def test_names_alone_are_published_with_no_more_than_names(
    clock: FixedClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    season = await published(clock, shows="winners")
    body = (await sealed_pack(season.season.edition_id, "public")).body
    steps = checked(tmp_path, body, capsys=capsys)
    assert {name for name, state in steps.items() if state == "holds"} == {
        "bytes", "signature", "identity", "document", "chain",
    }  # fmt: skip
    assert "does not hold" not in steps.values()
    pack = json.loads(body)["pack"]
    assert pack["level"] == "outcome"
    assert pack["rounds"] == []
    assert pack["prizes"] == {"rules": [], "candidates": {}, "decided": []}


async def test_few_marks_are_not_published_as_sums(clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    pack = json.loads((await sealed_pack(season.season.edition_id, "public")).body)["pack"]
    assert (pack["asked"], pack["level"]) == ("sums", "results")
    assert pack["reasons"]
    assert pack["rounds"][0]["inputs"]["sheets"] == []
    assert "judges" not in json.dumps(pack["rounds"])


async def test_what_was_worked_out_before_the_signature_counts_while_nothing_of_it_changed(
    clock: FixedClock,
) -> None:
    edition_id = (await published(clock, shows="full")).season.edition_id
    known = await worked_out(edition_id, "full")
    assert await worked_out(edition_id, "full", known) is known
    assert await worked_out(edition_id, "winners", known) is not known
    await CalibrationRun.update({CalibrationRun.software: "another"}, force=True).run()
    again = await worked_out(edition_id, "full", known)
    assert [one["run"]["software"] for one in again.to_all] == ["another"]


async def test_a_pack_is_out_with_its_publication_and_not_before(client: Client, clock: FixedClock) -> None:
    season = await published(clock, shows="full", at=LATER)
    path = f"/awards/{season.season.programme}/{season.season.edition}"
    for instant, status in ((LATER - timedelta(milliseconds=1), 404), (LATER, 200)):
        clock.move_to(instant)
        for name in ("pack.json", "versions/1/pack.json"):
            answer = (await client.get(f"{path}/{name}", status=status)).response
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.text == (await sealed_pack(season.season.edition_id, "public")).body
    assert await keys_given_out(clock.now()) == [public_key(secret_key()).hex()]
    assert public_key(secret_key()).hex() in (await client.get("/verify")).text
    with pytest.raises(NotFound):
        await public_pack(season.season.edition_id, clock.now(), 2)


async def test_packs_that_were_sealed_in_another_format_are_one_broken_truth_and_are_handed_out_as_they_are(
    client: Client, clock: FixedClock
) -> None:
    season = (await published(clock, shows="full")).season
    for row in await ResultPack.select(ResultPack.id, ResultPack.body):
        file = json.loads(row["body"])
        file["pack"]["publication"] = {"document_sha256": file["pack"].pop("document_sha256")}
        body = json.dumps(file)
        said = {ResultPack.body: body, ResultPack.sha256: hashlib.sha256(body.encode()).hexdigest()}
        await ResultPack.update(said).where(ResultPack.id == row["id"])
    found = [one for one in await broken() if one.rule.startswith("packs-")]
    assert [(one.rule, one.what) for one in found] == [
        ("packs-can-be-read", f"edition {season.programme}/{season.edition}, publication 1")
    ]
    assert "publish a correction" in found[0].sentence
    await client.get(f"/awards/{season.programme}/{season.edition}/pack.json")


async def test_where_a_sheet_differs_from_an_earlier_version_no_mean_tells_its_mark(
    client: Client, clock: FixedClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two means of nearly the same sheets the difference is one mark, on the pages and in the packs alike."""
    season = await published(clock, shows="full")
    edition_id = season.season.edition_id
    before = json.loads((await sealed_pack(edition_id, "auditor")).body)
    sheet = before["pack"]["rounds"][0]["inputs"]["sheets"][0]
    code = sorted(sheet["marks"])[0]
    # As it had been counted when the first version came out.
    sheet["marks"][code] += 1 if sheet["marks"][code] == 0 else -1
    await ResultPack.update({ResultPack.body: json.dumps(before)}).where(ResultPack.audience == "auditor")

    await sign(season, clock, await ask(season, clock, shows="full", note="A sheet was read wrongly."))
    body = (await sealed_pack(edition_id, "public", 2)).body
    pack = json.loads(body)["pack"]
    rows = {row["figures"]["reference"]: row["figures"] for row in pack["document"]["entries"]}
    (round_,) = pack["rounds"]
    assert {reference for reference, one in rows.items() if "raw" not in one} == {sheet["entry"]}
    assert {reference for reference, one in round_["results"].items() if one["raw"] is None} == {
        sheet["entry"]
    }
    assert rows[sheet["entry"]]["criteria"] == []
    assert rows[sheet["entry"]]["estimate"] is not None
    assert not any(sheet["entry"] in own for own in round_["estimates"].values())
    assert "does not hold" not in checked(tmp_path, body, capsys=capsys).values()

    page = await client.get(f"/awards/{season.season.programme}/{season.season.edition}/inclusive")
    assert "No plain mean stands where it would tell what one or two judges gave." in page.text


async def test_what_a_meeting_decided_is_replayed_beside_the_numbers(
    clock: FixedClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = await met(clock)
    await leave(made, LEILA, 0, by=LEILA)
    await move(made, 2, "1")
    await made.consent(await made.sign(statement="The panel visited three cities."))
    edition_id = made.season.season.edition_id
    await results.take_proposals(edition_id=edition_id, actor=await made.actor(EUN_JI), clock=clock)
    await sign(made.season, clock, await ask(made.season, clock, shows="full"))
    auditor = (await sealed_pack(edition_id, "auditor")).body
    (judged,) = json.loads(auditor)["pack"]["rounds"]
    third = made.season.references[2]
    assert (judged["results"][third]["rank"], judged["results"][third]["decided"]) == (3, 1)
    assert set(checked(tmp_path, auditor, capsys=capsys).values()) == {"holds"}
