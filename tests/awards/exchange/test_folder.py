"""The reader of import folders: every bad row is named, and nothing is kept unless all is good."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from awards.accounts.steps import person_with_address
from awards.accounts.tables import Person
from awards.actor import SYSTEM
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import transaction
from awards.demo.competitions import HERE
from awards.editions.tables import Edition
from awards.exchange.folder import read_folder
from awards.exchange.rows import BadFolder
from awards.exchange.services import ImportDiffers, import_folder
from awards.panels.tables import Affiliation, Assignment, Judge, RoundEntry, Seat
from awards.scoresheets.tables import Mark, Scoresheet, SheetNote, SheetRevision
from tests.factories import AT

Spoil = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small good folder: the planted edition cut down to two entries and three judges."""
    target = tmp_path / "folder"
    shutil.copytree(HERE / "planted", target)
    keep = {"entries.csv": 3, "judges.csv": 13, "panels.csv": 61, "rounds.csv": 3}
    entries = set()
    for name, lines in keep.items():
        text = (target / name).read_text(encoding="utf-8").splitlines()[:lines]
        (target / name).write_text("\n".join(text) + "\n", encoding="utf-8")
        if name == "entries.csv":
            entries = {line.split(",")[0] for line in text[1:]}
    for name in ("marks.csv", "notes.csv"):
        head, *lines_of = (target / name).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines_of if line.split(",")[1] in entries]
        (target / name).write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return target


def append(name: str, line: str) -> Spoil:
    def spoil(root: Path) -> None:
        with (root / name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    return spoil


def replace(name: str, old: str, new: str) -> Spoil:
    def spoil(root: Path) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def test_a_good_folder_is_read_whole(folder: Path) -> None:
    read = read_folder(folder)
    assert [entry.code for entry in read.entries] == ["SER-01", "SER-02"]
    assert len(read.sheets) == 6
    assert all(
        set(sheet.marks) == {"need", "design", "results", "inclusion", "transfer"} for sheet in read.sheets
    )


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (
            append("entries.csv", "SER-01,services,Twice,Nowhere,QM,,"),
            "entries.csv:4: entry SER-01 stands twice",
        ),
        (
            append("entries.csv", "X,nothing,Title,City,QM,,"),
            "entries.csv:4: category nothing is not in edition",
        ),
        (
            append("entries.csv", "X,services,Title,City,GER,,"),
            "entries.csv:4: country GER is not an ISO code",
        ),
        (append("entries.csv", "X,services,,City,QM,,"), "entries.csv:4: title is empty"),
        (
            append("entries.csv", "X,services,T,City,QM,,,,"),
            "entries.csv:4: there are more cells than columns",
        ),
        (append("judges.csv", "D01,Twin,QM"), "judges.csv:14: judge D01 stands twice"),
        (append("judges.csv", "D77,Twin,QM,somebody"), "judges.csv:14: somebody is not an e-mail address"),
        (append("judges.csv", "D77,Twin,QM,GRACE@judges.example"), "judges.csv:14: the address GRACE@"),
        (append("rounds.csv", "final,NOBODY"), "rounds.csv:4: entry NOBODY is not in entries.csv"),
        (append("rounds.csv", "semi,SER-01"), "rounds.csv:4: round semi is not in edition.toml"),
        (append("panels.csv", "final,services,D99"), "panels.csv:62: judge D99 is not in judges.csv"),
        (append("marks.csv", "final,SER-01,D99,need,5"), "judge D99 is not on the panel"),
        (append("marks.csv", "final,SER-01,D01,charm,5"), "criterion charm is not judged in services"),
        (append("marks.csv", "final,SER-01,D01,need,5.5"), "marks.csv:32: "),
        (append("marks.csv", "final,SER-01,D01,need,11"), "marks.csv:32: "),
        (append("marks.csv", "final,SER-01,D01,need,NaN"), "marks.csv:32: "),
        (
            append("notes.csv", "final,SER-01,D99,Well done"),
            "notes.csv:5: judge D99 has no marks for SER-01",
        ),
        (
            append("official.csv", "round,entry,criterion,score\nfinal,SER-01,need,inf"),
            "score inf is not a number",
        ),
        (replace("marks.csv", "round,entry", "round,thing"), "marks.csv:1: the columns entry are missing"),
        (replace("edition.toml", 'code = "services"', "code = services"), "edition.toml:"),
        (lambda root: (root / "judges.csv").unlink(), "judges.csv: the file is missing"),
        (lambda root: (root / "judges.csv").write_bytes(b"judge,name,country\nD01,\xff,QM\n"), "not UTF-8"),
        (append("judges.csv", "D77,\x00,QM"), "judges.csv:14: "),
    ],
)
def test_every_bad_row_is_named(folder: Path, spoil: Spoil, expected: str) -> None:
    spoil(folder)
    with pytest.raises(BadFolder) as refused:
        read_folder(folder)
    assert expected in str(refused.value)


def test_all_bad_rows_are_reported_at_once(folder: Path) -> None:
    append("marks.csv", "final,SER-01,D99,need,5")(folder)
    append("entries.csv", "X,nothing,Title,City,QM,,")(folder)
    append("rounds.csv", "final,NOBODY")(folder)
    with pytest.raises(BadFolder) as refused:
        read_folder(folder)
    assert {problem.file for problem in refused.value.problems} == {"marks.csv", "entries.csv", "rounds.csv"}


async def counts() -> dict[str, int]:
    tables = (Person, Edition, RoundEntry, Seat, Assignment, Scoresheet, SheetRevision, Mark, Event)
    return {table._meta.tablename: await table.count() for table in tables}


async def test_words_to_entrants_come_with_their_sheets(folder: Path, clock: FixedClock) -> None:
    await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)
    assert await SheetNote.count().where(SheetNote.audience == "city") == 3
    changes = await SheetRevision.select(SheetRevision.change)
    assert sum('"notes":{"city":' in row["change"] for row in changes) == 3
    replace("notes.csv", "Well told", "Badly told")(folder)
    with pytest.raises(ImportDiffers, match=r"notes\.csv differs"):
        await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)


async def test_the_same_folder_twice_changes_nothing(folder: Path) -> None:
    clock = FixedClock(AT)
    first = await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)
    before = await counts()
    second = await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)
    assert (first.unchanged, second.unchanged) == (False, True)
    assert await counts() == before
    assert before["mark"] == 30


@pytest.mark.parametrize(
    "change",
    [
        replace("entries.csv", "One form", "Two forms"),
        replace("edition.toml", 'name = "Services"', 'name = "Service"'),
    ],
)
async def test_another_content_under_the_same_name_is_refused(folder: Path, change: Spoil) -> None:
    clock = FixedClock(AT)
    await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)
    before = await counts()
    change(folder)
    with pytest.raises(ImportDiffers):
        await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)
    assert await counts() == before


async def test_a_changed_mark_is_refused_and_named(folder: Path) -> None:
    clock = FixedClock(AT)
    await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)
    head, first, *rest = (folder / "marks.csv").read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    cells[-1] = "0" if cells[-1] != "0" else "1"
    (folder / "marks.csv").write_text("\n".join([head, ",".join(cells), *rest]) + "\n", encoding="utf-8")
    with pytest.raises(ImportDiffers, match="criterion need"):
        await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)


async def test_a_failure_half_way_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await counts()

    async def full_disk(*_rows: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Mark, "insert", full_disk)
    with pytest.raises(OSError, match="no space"):
        await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=FixedClock(AT))
    monkeypatch.undo()
    assert await counts() == before


async def test_who_judged_two_editions_is_one_person_by_their_address(
    folder: Path, clock: FixedClock
) -> None:
    replace("judges.csv", "grace@judges.example", "")(folder)
    await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)
    replace("edition.toml", 'slug = "demo-closed"', 'slug = "demo-second"')(folder)
    await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)
    people = [row["name"] for row in await Person.select(Person.name).order_by(Person.name)]
    assert [len(people), len(set(people)), people.count("Grace Mwangi-Sato")] == [13, 12, 2]
    assert await Judge.count() == await Affiliation.count() == 13
    assert await Seat.count() == 24


async def test_an_address_of_somebody_else_is_refused(folder: Path, clock: FixedClock) -> None:
    async with transaction():
        await person_with_address("grace@judges.example", name="Nadia", at=AT)
    before = await counts()
    with pytest.raises(BadFolder, match="is the address of Nadia here, not of Grace"):
        await import_folder(folder=read_folder(folder), actor=SYSTEM, clock=clock)
    assert await counts() == before
