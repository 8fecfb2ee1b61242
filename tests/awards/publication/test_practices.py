"""What a winning city released, with its files: from the instant on, copies only, and nothing that it kept back."""

import json
from datetime import timedelta

from awards.clock import FixedClock
from awards.editions.tables import Question
from awards.entries.tables import Attachment, EntryVersion
from awards.files.tables import FileCopy, StoredFile
from awards.settings import Settings
from tests import factories
from tests.awards.publication.published import ask, decided, sign
from tests.awards.results.judged import Judged
from tests.factories import AT, add, sealed
from tests.page import Client

LATER = AT + timedelta(days=3)
FILES = {"a" * 64: ("harbour.png", "png", "image/png"), "b" * 64: ("report.pdf", "pdf", "application/pdf")}


async def entry_with_files(season: Judged, settings: Settings) -> None:
    """Public and hidden questions, answered by the winner, with a picture for the public and a file that is not."""
    edition, entry = season.season.edition_id, season.entries[0]
    asked = (
        ("done", "long text", "public"), ("results", "indicators", "public"), ("open", "yes or no", "public"),
        ("pictures", "file", "public"), ("secret", "file", "judges"), ("why", "long text", "judges"),
    )  # fmt: skip
    question = {
        code: await add(
            Question, edition=edition, section="Results" if code == "results" else "What", code=code, kind=kind,
            audience=audience, position=10 + place, label=f"Question {code}", required=False,
        )
        for place, (code, kind, audience) in enumerate(asked)
    }  # fmt: skip
    rows = [{"indicator": "Waiting", "unit": "days", "before": "30", "after": "2"}]
    says = {
        code: [
            {"name": FILES[sha][0], "sha256": sha, "media_type": FILES[sha][2], "size": 5, "alt": "The quay"}
        ]
        for code, sha in (("pictures", "a" * 64), ("secret", "b" * 64))
    }
    answers = {"done": "Lanterns were hung.", "results": json.dumps(rows), "open": "yes", "why": "Canarynote"}
    body, sha256 = sealed({"answers": answers, "files": says})
    version = await factories.entry_version(entry, number=2)
    await EntryVersion.update({EntryVersion.body: body, EntryVersion.sha256: sha256}).where(
        EntryVersion.id == version
    )
    for number, (code, sha) in enumerate((("pictures", "a" * 64), ("secret", "b" * 64)), start=1):
        name, ending, media_type = FILES[sha]
        key = f"re/{code}"
        file = await add(
            StoredFile, sha256=sha, size=5, media_type=media_type, ending=ending, storage_key=key, state="ready",
        )  # fmt: skip
        await add(Attachment, entry=entry, question=question[code], number=number, file=file, name=name)
        for kind in ("judge", "thumbnail"):
            await add(
                FileCopy, file=file, kind=kind, storage_key=f"{key}.{kind}", media_type="image/webp", size=4,
                sha256=sha, width=40, height=30,
            )  # fmt: skip
            kept = settings.files_folder / f"{key}.{kind}"
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(b"webp")


async def test_the_practice_stands_as_its_city_released_it(
    client: Client, clock: FixedClock, settings: Settings
) -> None:
    season = await decided(clock)
    await entry_with_files(season, settings)
    await sign(season, clock, await ask(season, clock, at=LATER))
    here = f"/awards/{season.season.programme}/{season.season.edition}/inclusive/lindmere"
    every = (here, *(f"{here}/files/1{part}" for part in ("", "/picture", "/thumbnail", "/copy")))
    clock.move_to(LATER - timedelta(milliseconds=1))
    assert {(await client.http.get(one)).status_code for one in every} == {404}
    clock.move_to(LATER)
    page = await client.get(here)
    for word in ("Question done", "Lanterns were hung.", "Waiting", "Yes", "harbour.png", "The quay"):
        assert word in page.text, word
    for word in ("Canarynote", "report.pdf", "Question why"):
        assert word not in page.html, word
    await client.get(f"{here}/files/1")
    picture = await client.http.get(f"{here}/files/1/thumbnail")
    assert (picture.status_code, picture.content) == (200, b"webp")
    assert "sandbox" in picture.headers["content-security-policy"]
    again = await client.http.get(
        f"{here}/files/1/thumbnail", headers={"if-none-match": picture.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    copy = await client.http.get(f"{here}/files/1/copy")
    assert copy.headers["content-disposition"].startswith("attachment")
    assert "lindmere-file-1.webp" in copy.headers["content-disposition"]
    for address in (
        "/files/2",
        "/files/0",
        "/files/1/original",
        "/files/1/text",
        "/files/1/page-1",
        "/files/2/copy",
    ):
        assert (await client.http.get(here + address)).status_code == 404, address
    assert (await client.http.get(here.replace("lindmere", "hanbyeol") + "/files/1")).status_code == 404


async def test_a_practice_is_found_by_what_the_city_wrote(
    client: Client, clock: FixedClock, settings: Settings
) -> None:
    season = await decided(clock)
    await entry_with_files(season, settings)
    await sign(season, clock, await ask(season, clock))
    page = await client.get("/practices?q=lanterns+waiting")
    assert "<mark>Lanterns</mark>" in page.html
    assert (await client.get("/practices?q=canarynote")).html.count('class="practice"') == 0
