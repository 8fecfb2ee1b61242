from typing import Annotated, Literal

from pydantic import Field

from awards.web.forms import Form, Id


class WordsForm(Form):
    """What a person of the secretariat decides of a judge's words to a city; `seen` is of what they read."""

    sheet: Id
    seen: Annotated[str, Field(min_length=64, max_length=64)]
    outcome: Annotated[Literal["given", "struck", "left out"], Field(title="What the city reads")]
    struck: Annotated[str, Field(title="Words to strike", max_length=2000)] = ""
    reason: Annotated[str, Field(title="Reason", min_length=1, max_length=1000)]


class ReviewNote(Form):
    edition_id: Id
    sheet_id: Id
    seen: str
    outcome: Literal["given", "struck", "left out"]
    struck: str = ""
    reason: str
