"""While a round is open nobody learns a mark, an average or anything made of them from its progress.

Two rounds that differ in nothing but their marks and notes give the same pages, files and mails, byte for byte, and
marks that stand nowhere else are looked for in all of them.
"""

import io
import random
import re
import zipfile
from collections.abc import Iterator

from awards.app import make_site, make_worker
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import Scale
from awards.outbox.mailers import FolderMailer
from awards.panels.tables import RoundEntry
from awards.scoresheets.tables import Mark, Scoresheet, SheetNote, SheetRevision
from awards.settings import Settings
from tests import factories
from tests.awards.scoresheets.benches import accept_terms
from tests.awards.scoresheets.boards import RoundAtWork, round_at_work
from tests.factories import AT
from tests.page import Client
from tests.people import CHIARA, EUN_JI, give, id_of
from tests.serving import ClientFor

NOTE = "Zebrafinch between the lines"
PATHS = (
    "", "?category=inclusive", "/judges", "/judges?sort=forecast", "/judges?sort=left&show=unfinished",
    "/judges?sort=seen&days=3", "/judges?tick=unfinished", "/entries", "/entries?sort=order", "/entries?sort=forecast",
    "/entries?show=incomplete", "/remind?who=unfinished", "/remind?who=silent",
    *(f"/export/{view}.{kind}" for view in ("judges", "entries", "sheets") for kind in ("csv", "xlsx")),
    "/export/judges.csv?sort=marks", "/export/entries.csv?sort=average&show=marks",
)  # fmt: skip


async def plant(seed: int) -> list[int]:
    """Marks, confidence and notes on every sheet; returns the marks, which stand nowhere else."""
    chance = random.Random(seed)
    await Scale.update({Scale.top: 999_999}, force=True)
    values = []
    for row in await Mark.select(Mark.id).order_by(Mark.id):
        values.append(chance.randrange(700_001, 999_999))
        await Mark.update({Mark.value: values[-1]}).where(Mark.id == row["id"])
    await SheetNote.delete(force=True)
    for row in await Scoresheet.select(Scoresheet.id).order_by(Scoresheet.id):
        await factories.add(
            SheetNote, scoresheet=row["id"], audience="secretariat", text=f"{NOTE} {chance.random()}"
        )
        await Scoresheet.update({Scoresheet.confidence: chance.choice(["low", "middle", "high"])}).where(
            Scoresheet.id == row["id"]
        )
        await SheetRevision.update({SheetRevision.change: f'{{"marks": {{"impact": {values[0]}}}}}'}).where(
            SheetRevision.scoresheet == row["id"]
        )
    return values


def told_by(values: list[int]) -> Iterator[str]:
    """Marks, sums and means of two, and of all, in the ways in which they would be written."""
    pairs = [(a, b) for place, a in enumerate(values) for b in values[:place]]
    sums = {*values, *(a + b for a, b in pairs), sum(values)}
    means = {sum(values) / len(values), *((a + b) / 2 for a, b in pairs)}
    for number in (*sums, *means):
        yield f"{number:.0f}"
        yield f"{number:,.0f}"
        yield f"{number:.1f}"


def stands(text: str, content: bytes) -> bool:
    """As a number of its own: hashes and the boundaries of mails are long enough to hold any six digits by chance."""
    return re.search(rb"(?<![0-9a-f])" + re.escape(text.encode()) + rb"(?![0-9a-f])", content) is not None


def unpacked(content: bytes) -> bytes:
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in sorted(book.namelist()) if name != "docProps/core.xml"}
    return b"\n".join(name.encode() + b"\n" + part for name, part in parts.items())


async def everything(client: Client, made: RoundAtWork) -> dict[str, bytes]:
    found = {}
    for path in PATHS:
        response = await client.http.get(made.path + path)
        assert response.status_code == 200, path
        body = re.sub(rb'name="csrf" value="[^"]*"', b"", unpacked(response.content))
        found[path] = body + response.headers.get("etag", "").encode()
    return found


async def test_what_is_shown_does_not_depend_on_marks(
    client_for: ClientFor, settings: Settings, clock: FixedClock
) -> None:
    made = await round_at_work()
    await give(EUN_JI, "secretariat", made.season.scope)
    eun_ji = await client_for(EUN_JI)
    first = await plant(1)
    before = await everything(eun_ji, made)
    second = await plant(2)
    after = await everything(eun_ji, made)
    assert len(first) == len(second) > 10
    for path, body in after.items():
        assert body == before[path], path
        assert NOTE.encode() not in body
        for text in told_by(second):
            assert not stands(text, body), path
    await eun_ji.get(f"{made.path}/remind?who=unfinished")
    await eun_ji.submit("Send 3 reminders")
    await make_worker(make_site(settings, clock), FolderMailer(settings.mail_folder)).once()
    mails = b"\n".join(path.read_bytes() for path in sorted(settings.mail_folder.glob("*.eml")))
    assert mails.count(b"sheets to sign off") > 3
    trail = str(await Event.select().where(Event.action == "judges reminded")).encode()
    for text in told_by(second):
        assert not stands(text, mails + trail), text
    assert NOTE.encode() not in mails


async def test_a_judge_counts_only_their_own(client_for: ClientFor) -> None:
    """The bench says how many of one's own sheets are signed off; of others, and of their entries, it says nothing."""
    made = await round_at_work()
    chiara = await id_of(CHIARA)
    await factories.make_judge(chiara)
    await accept_terms(made.season, chiara)
    seat = await factories.seat(made.season.round_id, chiara, conflicts_declared_at=AT)
    rows = await RoundEntry.select(RoundEntry.id).order_by(RoundEntry.id)
    for number, row in enumerate(rows[:3]):
        assignment = await factories.assignment(row["id"], seat)
        if number == 0:
            await factories.scoresheet(assignment, {"impact": 7, "new": 9}, signed=True)
    client = await client_for(CHIARA)
    page = await client.get(f"/bench/{made.season.programme}/{made.season.edition}/first")
    counts = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page.html)
    assert counts == [("signed off", "1"), ("ready to sign", "0"), ("started", "0"), ("not started", "2")]
    assert len(page.table("Your entries")[1:]) == 3
    for other in (
        "Ada Done",
        "Ben In Time",
        "Cleo Late",
        "Dan Silent",
        "Eve Overdue",
        "City 3",
        "City 4",
        "City 5",
    ):
        assert other not in page.html
