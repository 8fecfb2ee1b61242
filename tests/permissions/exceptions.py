"""What holds for one city alone: more time, an exception from a rule; and who writes on behalf of another."""

from collections.abc import Sequence
from datetime import datetime

from awards.editions.tables import Extension
from awards.entries.tables import Exemption
from tests import factories
from tests.factories import DAY, Season, add
from tests.people import EUN_JI, id_of
from tests.permissions.canaries import EXEMPTION, EXTENSION

_DESK = "/desk/{programme}/{edition}"


async def held(
    season: Season,
    cities: Sequence[int],
    closes: datetime,
    values_of: dict[str, dict[str, str]],
    queries: dict[str, str],
) -> None:
    """Portaleda has more time, and one rule does not hold for it. A firm writes on behalf of Lindmere, which has not
    answered. Adds what stands in the addresses of their routes.
    """
    lindmere, portaleda = cities[:2]
    extension = await add(
        Extension, edition=season.edition_id, entrant=portaleda, was=closes, until=closes + DAY,
        reason=EXTENSION,
    )  # fmt: skip
    exemption = await add(
        Exemption, edition=season.edition_id, entrant=portaleda, rule="members", reason=EXEMPTION,
        by=await id_of(EUN_JI),
    )  # fmt: skip
    firm = await factories.entrant("Lindmere Lifts", country="KR", kind="firm", city=lindmere)
    reference = f"WG{season.edition_id}-90000"
    await factories.entry(
        season, firm, state="draft", reference=reference, title="Lifts for platforms", for_city=lindmere
    )
    approvals = ["/city/approvals/{reference}" + verb for verb in ("", "/approve", "/decline")]
    for route in (*approvals, f"{_DESK}/exemptions/approvals/{{reference}}"):
        values_of[route] = {"reference": reference}
    values_of[f"{_DESK}/exemptions/{{number}}/end"] = {"number": str(exemption)}
    values_of[f"{_DESK}/extensions/{{number}}/end"] = {"number": str(extension)}
    queries[f"{_DESK}/exemptions/new"] = f"?entrant={lindmere}&rule=quota"
