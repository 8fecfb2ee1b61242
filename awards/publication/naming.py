"""Who is named without a prize: finalists, and winners while it is not told yet what they have won. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from awards.publication.queries import PublicationRow, WinnerRow


class Names(Struct, frozen=True):
    """Of one category; who won is among the finalists too, and named once."""

    category: str
    href: str
    winners: tuple[WinnerRow, ...]
    finalists: tuple[WinnerRow, ...]


def names_of(publication: PublicationRow, rows: Sequence[WinnerRow]) -> tuple[Names, ...]:
    found: dict[str, list[WinnerRow]] = {}
    for row in rows:
        named = row.figures.get("won") or row.figures.get("finalist")
        if named and not row.won and row.publication_id == publication.id:
            found.setdefault(row.category_code, []).append(row)
    return tuple(
        Names(
            own[0].category,
            f"{publication.path}/{code}",
            tuple(row for row in own if row.figures.get("won")),
            tuple(row for row in own if not row.figures.get("won")),
        )
        for code, own in found.items()
    )
