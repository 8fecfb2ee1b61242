from piccolo.table import Table

from awards.accounts.tables import Person, Ticket
from awards.db.columns import Row, line, link, moment, optional_link, optional_moment, whole, word


class Entrant(Row, Table):
    """A city or another body that enters. The country's code serves rules, its label serves people."""

    kind = word(default="city")
    name = line()
    folded = line()
    country = word(length=2)
    country_label = line(120)
    region = word()
    city = optional_link("self")
    state = word(index=True)
    decided_by = optional_link(Person)
    reason = line(1000)
    merged_into = optional_link("self")
    version = whole(1)


class EntrantLink(Row, Table):
    a = link(Entrant)
    b = link(Entrant)
    kind = word()
    since = moment()
    until = optional_moment()


class Official(Row, Table):
    """A person who may act for an entrant. Without `since` the secretariat has not agreed yet."""

    person = link(Person)
    entrant = link(Entrant)
    role = word(default="editor")
    since = optional_moment()
    until = optional_moment()
    ticket = optional_link(Ticket)
