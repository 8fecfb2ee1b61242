"""What people do in a season, each through the pages, so that a journey reads like a story.

Nobody here touches the database or calls a verb: people press buttons, and read what their mail box holds.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from awards.clock import FixedClock
from awards.editions.checklist import CHECKLIST
from awards.settings import Settings
from tests.page import Client, Page
from tests.people import PASSWORD, Member

SENTENCES = (
    "Before, a person who could not climb a step waited for a bus that never lowered its floor.",
    "We asked four hundred residents at their stops and wrote down what each of them had missed.",
    "Since spring every bus of the eleven lines lowers its floor, and drivers wait until all are seated.",
    "Journeys of people in wheelchairs rose from ninety to six hundred a day, counted by the doors.",
    "What we do not know is how many of them gave up walking for it.",
)


def text_of(words: int) -> str:
    """That many words, in sentences."""
    source = " ".join(SENTENCES).split()
    return " ".join(source[number % len(source)] for number in range(words))


@dataclass
class Stage:
    """The service on a day of the season, everybody's browser, and everybody's mail box."""

    app: Any
    clock: FixedClock
    settings: Settings
    headers: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)
    letters: list[EmailMessage] = field(default_factory=list)
    _read: set[str] = field(default_factory=set)

    def on(self, at: datetime) -> None:
        self.clock.move_to(at)

    def browser(self, member: Member) -> Client:
        if member.email not in self.browsers:
            self.browsers[member.email] = Client(self.app, self.settings.base_url, self.headers)
        return self.browsers[member.email]

    async def visitor(self) -> Client:
        return Client(self.app, self.settings.base_url, self.headers)

    async def close(self) -> None:
        for browser in self.browsers.values():
            await browser.http.aclose()

    async def post(self) -> None:
        """The worker's turn: mail goes out, jobs are done."""
        await self.app.litestar.state.worker.once()
        for file in sorted(self.settings.mail_folder.glob("*.eml")):
            if file.name not in self._read:
                self._read.add(file.name)
                letter = message_from_bytes(file.read_bytes(), policy=default)
                assert isinstance(letter, EmailMessage)
                self.letters.append(letter)

    async def mail(self, member: Member, path: str = "") -> str:
        """The newest link that begins so in the person's mail, as a path."""
        await self.post()
        for letter in reversed(self.letters):
            if letter["To"] == member.email and (link := _link(letter, self.settings.base_url, path)):
                return link
        raise AssertionError(f"no mail to {member.name} leads to {path}; {self.subjects(member)}")

    def subjects(self, member: Member) -> list[str]:
        return [str(letter["Subject"]) for letter in self.letters if letter["To"] == member.email]


def body_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def _link(letter: EmailMessage, base_url: str, path: str) -> str:
    found = re.search(re.escape(base_url + path) + r"[^\s)>\"]*", body_of(letter))
    return found[0].removeprefix(base_url) if found else ""


# --- accounts -----------------------------------------------------------------------------------------


async def signs_up(stage: Stage, member: Member) -> None:
    browser = stage.browser(member)
    await browser.get("/sign-up")
    await browser.submit(email=member.email, status=200)
    await opens_account(stage, member, "/confirm/")


async def opens_account(stage: Stage, member: Member, link: str) -> Page:
    """From a link in a mail to an account with a password, signed in."""
    browser = stage.browser(member)
    await browser.get(await stage.mail(member, link))
    return await browser.submit(name=member.name, password=PASSWORD, status=200)


async def enters(stage: Stage, member: Member, path: str) -> Client:
    """The person opens a page, signing in first where the session is over."""
    browser = stage.browser(member)
    page = await browser.get(path)
    if page.path.startswith("/sign-in"):
        await browser.submit(email=member.email, password=PASSWORD, status=200)
    return browser


async def proves(stage: Stage, member: Member) -> None:
    browser = await enters(stage, member, "/prove")
    await browser.submit("Go on", password=PASSWORD, status=200)


# --- who runs the edition -----------------------------------------------------------------------------


async def gives_role(stage: Stage, admin: Member, member: Member, role: str, scope: str) -> None:
    browser = await enters(stage, admin, "/desk/people")
    await browser.submit("#grant", name=member.name, email=member.email, role=role, scope=scope, status=200)


# --- cities and entries -------------------------------------------------------------------------------


async def proposes_city(stage: Stage, member: Member, name: str, country: str) -> None:
    browser = await enters(stage, member, "/city/entrants/new")
    await browser.submit("#entrant", kind="city", name=name, country=country, status=200)


async def approves_city(stage: Stage, member: Member, name: str) -> None:
    browser = await enters(stage, member, "/desk/cities")
    await browser.submit(f"Approve {name}", status=200)


async def invites_colleague(stage: Stage, member: Member, city: str, colleague: Member) -> None:
    browser = await enters(stage, member, "/city")
    await browser.click(city)
    await browser.submit("#invitation", email=colleague.email, name=colleague.name, role="editor", status=200)


async def starts_entry(stage: Stage, member: Member, *, edition: str, title: str, category: str) -> str:
    """Returns the reference."""
    browser = await enters(stage, member, f"/city/entries/new?edition={edition}")
    assert browser.page is not None
    only = next(e.get("value", "") for e in browser.page.main.iter("input") if e.get("name") == "entrant")
    page = await browser.submit("#new-entry", entrant=only, title=title, category=category, status=200)
    return page.path.removeprefix("/city/entries/").partition("/")[0].partition("?")[0]


async def answers(stage: Stage, member: Member, reference: str, code: str, answer: str) -> Page:
    browser = await enters(stage, member, f"/city/entries/{reference}/{code}")
    return await browser.submit("#question", answer=answer, status=200)


async def submits(stage: Stage, member: Member, reference: str, status: int = 200) -> Page:
    """Reads the check page and sends it; the clock may be moved between the two."""
    browser = await enters(stage, member, f"/city/entries/{reference}/check")
    return await browser.submit(f"/city/entries/{reference}/submit", declared="1", status=status)


async def screens_eligible(stage: Stage, member: Member, desk: str, reference: str) -> None:
    """Answers every question of the edition's checklist with yes."""
    browser = await enters(stage, member, f"{desk}/entries/{reference}")
    answers = {f"item-{code}": "yes" for code, _question in CHECKLIST}
    await browser.submit("Finish screening", **answers, outcome="eligible", status=200)


# --- panels and sheets --------------------------------------------------------------------------------


async def invites_judge(stage: Stage, member: Member, desk: str, judge: Member, country: str) -> None:
    browser = await enters(stage, member, f"{desk}/panels/first")
    await browser.submit(
        "#invite", name=judge.name, email=judge.email, country=country, role="scorer", status=200
    )


async def accepts_seat(stage: Stage, judge: Member, bench: str) -> None:
    await opens_account(stage, judge, "/invitation/")
    browser = await enters(stage, judge, f"{bench}/invitation")
    await browser.submit("#accept", agree="1", status=200)


async def declares_conflicts(
    stage: Stage, judge: Member, bench: str, *references: str, reason: str = ""
) -> None:
    browser = await enters(stage, judge, f"{bench}/conflicts")
    await browser.submit(f"{bench}/conflicts", entries=list(references), reason=reason, status=200)


async def marks(
    stage: Stage, judge: Member, bench: str, reference: str, given: dict[str, int], note: str = ""
) -> Page:
    """Fills the sheet by its plain form."""
    browser = await enters(stage, judge, f"{bench}/{reference}")
    fields = {f"mark_{code}": str(mark) for code, mark in given.items()}
    return await browser.submit("#sheet-form", {"note_city": note, **fields}, status=200)


async def marks_by_script(
    stage: Stage, judge: Member, bench: str, reference: str, given: dict[str, int], *, key: str
) -> dict[str, Any]:
    """Saves as autosave.js does."""
    browser = await enters(stage, judge, f"{bench}/{reference}")
    assert browser.page is not None
    form = browser.page.by_id("sheet-form")
    hidden = {e.get("name"): e.get("value", "") for e in form.iter("input") if e.get("type") == "hidden"}
    answer = await browser.post(
        f"{bench}/{reference}/save",
        json={
            "key": key,
            "base_version": int(hidden["version"]),
            "fields": {f"mark_{code}": str(mark) for code, mark in given.items()},
        },
        headers={"X-CSRF-Token": hidden["csrf"], "Accept": "application/json"},
        status=200,
    )
    saved: dict[str, Any] = answer.json()
    return saved


async def signs_sheets(stage: Stage, judge: Member, bench: str) -> Page:
    browser = await enters(stage, judge, f"{bench}/sign")
    assert browser.page is not None
    boxes = [e.get("value", "") for e in browser.page.main.iter("input") if e.get("name") == "sheets"]
    return await browser.submit(f"{bench}/sign", sheets=boxes, agree="1", status=200)


# --- results and publication --------------------------------------------------------------------------


async def presses(stage: Stage, member: Member, path: str, button: str = "", **fields: str) -> Page:
    """Opens a page and sends one of its forms."""
    browser = await enters(stage, member, path)
    return await browser.submit(button, fields, status=200)
