"""Under which terms the published results of an edition may be used. Practices stay their cities' own under any of them."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from awards.web.i18n import _


class Licence(Struct, frozen=True):
    """`code` as SPDX writes it, where the licence has an address."""

    code: str
    title: str
    url: str


RESERVED = "all-rights-reserved"
# Names of licences are names: nobody translates them.
LICENCES: Mapping[str, Licence] = {
    one.code: one
    for one in (
        Licence(
            "CC-BY-4.0",
            "Creative Commons Attribution 4.0 International",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        Licence(
            "CC0-1.0",
            "Creative Commons Zero 1.0 Universal",
            "https://creativecommons.org/publicdomain/zero/1.0/",
        ),
        Licence(
            "CC-BY-SA-4.0",
            "Creative Commons Attribution-ShareAlike 4.0 International",
            "https://creativecommons.org/licenses/by-sa/4.0/",
        ),
        Licence(
            "ODbL-1.0",
            "Open Data Commons Open Database License 1.0",
            "https://opendatacommons.org/licenses/odbl/1-0/",
        ),
        Licence(RESERVED, "", ""),
    )
}
DEFAULT = "CC-BY-4.0"


def licence_of(figures: Mapping[str, Any]) -> Licence:
    """Of a publication: as it was signed."""
    return LICENCES[figures.get("licence", DEFAULT)]


def title_of(licence: Licence) -> str:
    return licence.title or _("All rights reserved; results may be quoted with their source")
