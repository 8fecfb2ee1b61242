from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from awards.web.forms import Form, Id


class MemberKind(StrEnum):
    FULL = "full"
    ASSOCIATE = "associate"


class StartMembership(Form):
    programme: Annotated[Id, Field(title="Programme")]
    kind: Annotated[MemberKind, Field(title="Kind")]
    since: Annotated[date, Field(title="Member since")]


class EndMembership(Form):
    membership: Id
    until: Annotated[date, Field(title="Member until")]
