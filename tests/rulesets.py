"""What froze when a round opened."""

from awards.editions.tables import Ruleset


async def latest_ruleset(round_id: int) -> Ruleset:
    """In its newest version."""
    newest = Ruleset.objects().where(Ruleset.round_id == round_id).order_by(Ruleset.version, ascending=False)
    found: Ruleset | None = await newest.first()
    assert found is not None, "the round is not open"
    return found
