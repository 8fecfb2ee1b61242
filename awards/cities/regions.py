"""The six regions of WeGO and the countries in them. Pure.

A country counts for one region; where people of the place see it between two, they may say which.
"""

from collections.abc import Mapping
from enum import StrEnum


class Region(StrEnum):
    ASIA = "Asia"
    AFRICA = "Africa"
    EUROPE = "Europe"
    AMERICAS = "Americas"
    MIDDLE_EAST = "Middle East"
    OCEANIA = "Oceania"


# ISO 3166-1 alpha-2, all 249 codes, and XK, which is in use without being one.
_COUNTRIES: Mapping[Region, str] = {
    Region.ASIA: """
        AF AM AZ BD BN BT CN GE HK ID IN JP KG KH KP KR KZ LA LK MM MN MO MV MY NP PH PK SG TH TJ TL TM TW
        UZ VN
    """,
    Region.AFRICA: """
        AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR
        MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW
    """,
    Region.EUROPE: """
        AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV
        MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM TR UA VA XK
    """,
    Region.AMERICAS: """
        AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN HT JM
        KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI
    """,
    Region.MIDDLE_EAST: "AE BH IL IQ IR JO KW LB OM PS QA SA SY YE",
    Region.OCEANIA: """
        AQ AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS
    """,
}

REGION_OF: Mapping[str, Region] = {
    code: region for region, codes in _COUNTRIES.items() for code in codes.split()
}
COUNTRIES: tuple[str, ...] = tuple(sorted(REGION_OF))

# Between two regions: the person may choose, the first is what the table above says.
_BETWEEN: Mapping[str, tuple[Region, ...]] = {
    **dict.fromkeys(("TR",), (Region.EUROPE, Region.ASIA, Region.MIDDLE_EAST)),
    **dict.fromkeys(("RU",), (Region.EUROPE, Region.ASIA)),
    **dict.fromkeys(("AM", "AZ", "GE", "KZ"), (Region.ASIA, Region.EUROPE)),
    **dict.fromkeys(("CY",), (Region.EUROPE, Region.MIDDLE_EAST)),
    **dict.fromkeys(("IR", "IQ", "SY", "YE"), (Region.MIDDLE_EAST, Region.ASIA)),
    **dict.fromkeys(("IL",), (Region.MIDDLE_EAST, Region.EUROPE)),
    **dict.fromkeys(("AF", "PK"), (Region.ASIA, Region.MIDDLE_EAST)),
    **dict.fromkeys(
        ("DJ", "DZ", "EG", "EH", "KM", "LY", "MA", "MR", "SD", "SO", "TN"),
        (Region.AFRICA, Region.MIDDLE_EAST),
    ),
    **dict.fromkeys(("ID", "TL"), (Region.ASIA, Region.OCEANIA)),
    **dict.fromkeys(("AQ",), (Region.OCEANIA, Region.AMERICAS, Region.AFRICA, Region.EUROPE, Region.ASIA)),
}


def regions_for(country: str) -> tuple[Region, ...]:
    """The regions that a country may stand in, its usual one first; none for a code that nobody knows."""
    if country in _BETWEEN:
        return _BETWEEN[country]
    return (REGION_OF[country],) if country in REGION_OF else ()


def usual_region(country: str) -> str:
    found = regions_for(country)
    return found[0].value if found else ""


def is_between(country: str) -> bool:
    return country in _BETWEEN
