from piccolo.table import Table

from awards.accounts.tables import Person
from awards.db.columns import Row, digest, line, link, optional_link, optional_moment, word
from awards.editions.tables import Programme


class HeadHolder(Row, Table):
    """Somebody outside who is sent the head of the trail every day, once they have said yes."""

    programme = link(Programme)
    name = line()
    address = line(254)
    folded = line(254)
    lang = word(length=20, default="en")
    token_sha256 = digest()
    named_by = link(Person, index=False)
    confirmed_at = optional_moment()
    ended_at = optional_moment()
    # Nobody: they ended it themselves.
    ended_by = optional_link(Person)
