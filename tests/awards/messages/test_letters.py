"""What stands in the mails: the reader’s language, times and entries, whatever names hold."""

import json

import pytest

from awards.accounts.tables import Person
from awards.clock import FixedClock
from awards.editions.tables import Edition
from awards.messages.forms import placeholder_problem
from awards.messages.rules import PLACEHOLDERS, Group
from awards.messages.wording import ours
from awards.outbox.letters import compose
from awards.outbox.worker import Letter
from awards.web import i18n
from tests import factories
from tests.awards.messages.delivering import HEAD, delivered, draw, html_of, text_of, with_entries
from tests.awards.messages.season import cast, mails, send, start, write
from tests.factories import AT
from tests.people import AMINA, BAO


async def test_in_the_reader_s_language_where_it_is_written(clock: FixedClock) -> None:
    made = await with_entries()
    await Person.update({Person.lang: "ar", Person.zone: "Asia/Riyadh"}).where(Person.id == made.amina)
    await Person.update({Person.lang: "fr"}).where(Person.id == made.bao)
    number = await start(made.season, clock, Group.ENTRANTS)
    await write(
        made.season,
        clock,
        number,
        en=("Results", "Dear {name}"),
        ar=("النتائج", "عزيزتي {name}\n{announcement}"),
    )
    await send(made.season, clock, number)
    found = await delivered(clock)
    arabic = found[AMINA.email]
    assert arabic["Content-Language"] == "ar"
    assert arabic["Subject"] == "النتائج"
    assert 'dir="rtl"' in html_of(arabic)
    assert "يونيو" in text_of(arabic), "dates are in the language of the text"
    assert found[BAO.email]["Content-Language"] == "en", "where it is not written, the edition's"


async def test_drafts_get_their_deadline_in_utc_and_in_their_own_time(clock: FixedClock) -> None:
    made = await cast()
    await factories.entry(
        made.season, made.lindmere, state="draft", reference="WG26-DRAFT", title="Unread title"
    )
    await Edition.update({Edition.zone: "Asia/Seoul"}).where(Edition.id == made.season.edition_id)
    await send(made.season, clock, await start(made.season, clock, Group.DRAFTS))
    assert "Unread title" not in json.dumps(await mails())
    found = await delivered(clock)
    assert "9 April 2026, 09:00\u00a0UTC (9 April 2026, 10:00\u00a0WAT)" in text_of(found[AMINA.email])
    assert "(9 April 2026, 18:00\u00a0KST)" in text_of(found[BAO.email]), (
        "who has no zone reads the edition's"
    )
    assert "https://awards.example/city/entries/WG26-DRAFT" in text_of(found[AMINA.email])


async def test_odd_names_change_no_header_and_no_text(clock: FixedClock) -> None:
    made = await with_entries()
    await Person.update({Person.name: "A {link}\r\nBcc: all@x.example {{7*7}} <script>"}).where(
        Person.id == made.amina
    )
    number = await start(made.season, clock, Group.ENTRANTS)
    await write(made.season, clock, number, en=("To {name}", "Dear {name} {{7*7}} {% raw %} %(x)s"))
    await send(made.season, clock, number)
    mail = (await delivered(clock))[AMINA.email]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "To A {link} Bcc: all@x.example {{7*7}} <script>"
    assert "{{7*7}} {% raw %} %(x)s" in text_of(mail)
    assert "<script>" not in html_of(mail)
    assert sorted(mail.keys()) == sorted(
        [
            "Subject",
            "From",
            "To",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "Content-Language",
            "MIME-Version",
            "Content-Type",
        ]
    )


@pytest.mark.parametrize("group", list(Group))
async def test_our_own_words_can_be_sent_as_they_are(group: Group, clock: FixedClock) -> None:
    """Each ready-made text has only gaps that its group fills, and fills them all."""
    text = ours(group, "en")
    assert text is not None
    assert not placeholder_problem(text.subject + text.body, PLACEHOLDERS[group])
    assert ours(group, "xx") is None
    with i18n.use("qps"):
        assert text == ours(group, "en"), "in its own language, whoever looks at it"


def test_a_letter_of_a_message_needs_all_its_values() -> None:
    with pytest.raises(Exception, match="no attribute"):
        compose(
            Letter("1@awards", AT, "a@b.example", "en", "mailing", {"subject": "x"}), head=HEAD, draw=draw
        )
