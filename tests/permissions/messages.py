"""A message that the secretariat is writing, and words of the edition's own."""

from awards.messages.tables import Mailing, MessageTemplate
from tests.factories import Season, add, sealed
from tests.people import EUN_JI, id_of

# What the forms of messages send.
FORM = {"group": "judges", "of": "first", "subject_en": "A subject", "body_en": "Dear {name}"}
VALUES = {"group": "judges", "lang": "en"}


async def begun(season: Season) -> None:
    text = {"subject": "The round", "body": "Dear {name}"}
    await add(
        Mailing, edition=season.edition_id, group_code="judges", round=season.round_id, by=await id_of(EUN_JI),
        texts=sealed({"en": text})[0],
    )  # fmt: skip
    await add(MessageTemplate, edition=season.edition_id, group_code="judges", **text)
