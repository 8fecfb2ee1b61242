"""The countries that records name, by their codes: the code serves rules and regions, the name stays as written."""

from functools import lru_cache

from babel import Locale

from awards.cities.regions import COUNTRIES
from awards.cities.rules import plain

# Names in use that the common locale data does not list.
_ALSO = {
    "Czech Republic": "CZ",
    "Democratic Republic of the Congo": "CD",
    "Hong Kong": "HK",
    "Hong Kong SAR, China": "HK",
    "Iran (Islamic Republic of)": "IR",
    "Ivory Coast": "CI",
    "Lao PDR": "LA",
    "Macao": "MO",
    "Macedonia": "MK",
    "Palestine": "PS",
    "Republic of Korea": "KR",
    "Republic of Moldova": "MD",
    "Russian Federation": "RU",
    "Swaziland": "SZ",
    "Syrian Arab Republic": "SY",
    "The Netherlands": "NL",
    "Turkey": "TR",
    "UAE": "AE",
    "UK": "GB",
    "United Republic of Tanzania": "TZ",
    "USA": "US",
    "United States of America": "US",
    "Viet Nam": "VN",
}


def code_of(name: str) -> str:
    """The ISO code of a country by its English name, or nothing: an unknown name is no error."""
    return _codes().get(plain(name.strip()), "")


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    common = Locale("en").territories
    return {plain(common[code]): code for code in COUNTRIES} | {
        plain(name): code for name, code in _ALSO.items()
    }
