from piccolo.constraints import Check, Unique
from piccolo.table import Table

from awards.accounts.tables import Approval
from awards.db.columns import (
    Row,
    digest,
    line,
    link,
    moment,
    optional_link,
    optional_moment,
    optional_whole,
    prose,
    whole,
    word,
)
from awards.editions.tables import Edition
from awards.entries.tables import Entry


class Publication(Row, Table):
    """Sealed at the second signature. Visible when visible_at <= now, asked in every query."""

    edition = link(Edition, index=False)
    number = whole(1)
    kind = word()
    visible_at = moment(index=True)
    note = prose()
    figures = prose()
    approval = optional_link(Approval)
    pack_sha256 = digest()
    withdrawn_at = optional_moment()
    publication_one_per_number = Unique(["edition", "number"])
    publication_two_people_signed = Check("kind = 'archive' OR approval IS NOT NULL")


class PublishedEntry(Row, Table):
    """Public pages read these rows and nothing else."""

    publication = link(Publication, index=False)
    slug = word(length=120, index=True)
    entry = optional_link(Entry, index=True)
    title = line()
    entrant_name = line()
    country = word(length=2)
    country_label = line(120)
    region = word()
    category = line()
    category_code = word()
    prize = line()
    prize_position = optional_whole()
    rank = optional_whole()
    figures = prose()
    citation = prose()
    practice = prose()
    source_url = line(1000)
    published_entry_one_per_slug = Unique(["publication", "slug"])
