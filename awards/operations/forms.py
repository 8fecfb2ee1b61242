from typing import Annotated

from pydantic import Field

from awards.web.forms import Address, Form, Line


class NameHolder(Form):
    name: Annotated[Line, Field(title="Name, and for whom")]
    address: Annotated[Address, Field(title="E-mail address")]
