"""Mails of messages as they leave, drawn by the real templates."""

from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage

from awards import data_dir
from awards.clock import FixedClock
from awards.outbox.letters import Letterhead, compose
from awards.outbox.worker import send_due
from awards.web import i18n, templating
from tests import factories
from tests.awards.messages.season import Cast, cast

HEAD = Letterhead("awards@wego.example", "WeGO Awards", "https://awards.example")
TEMPLATES = templating.environment(data_dir("templates"))


def draw(template: str, lang: str, values: Mapping[str, str]) -> str:
    with i18n.use(lang):
        return TEMPLATES.get_template(template).render(
            mail=values, programme_name="WeGO Awards", contact_email="help@wego.example", lang=lang,
            dir=i18n.dir_of(lang),
        )  # fmt: skip


class Box:
    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def send(self, message: EmailMessage) -> None:
        self.mails.append(message)


async def delivered(clock: FixedClock) -> dict[str, EmailMessage]:
    """By address, once everything that is queued has left."""
    box = Box()
    clock.advance(timedelta(hours=1))
    while await send_due(
        mailer=box, compose=lambda letter: compose(letter, head=HEAD, draw=draw), clock=clock
    ):
        pass
    assert len(box.mails) == len({mail["To"] for mail in box.mails}), "nobody gets a message twice"
    return {str(mail["To"]): mail for mail in box.mails}


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


async def with_entries(**more: object) -> Cast:
    made = await cast(**more)
    await factories.entry(made.season, made.lindmere, title="Lifts & <b>ramps</b>", reference="WG26-LIFTS")
    await factories.entry(made.season, made.portaleda, title="Night buses", reference="WG26-BUSES")
    return made
