"""Who leaves an entry to others when results are read and prizes decided: the same ties that keep a judge away."""

from datetime import datetime

# Whether the edition's rule keeps judges away, which it does where the edition says nothing.
_FORBIDS = """NOT EXISTS (SELECT 1 FROM conflict_rule cr WHERE cr.edition = en.edition AND cr.code = '{}'
    AND cr.effect <> 'forbid')"""

# Whether a person acts for the entrant of the entry `en` or the city that it counts for, belongs there, has a
# conflict with it on record, whoever declared it, or is kept from it by the edition's rules on countries, employers
# and suppliers. Names count where they are the same; those that are only alike keep no judge away either.
# `tied_to` gives the values that it asks for.
TIED = f"""
(EXISTS (SELECT 1 FROM official o WHERE (o.entrant = en.entrant OR o.entrant = en.for_city)
  AND o.person = {{}} AND o.since <= {{}} AND (o.until IS NULL OR o.until > {{}}))
 OR EXISTS (SELECT 1 FROM affiliation af JOIN entrant own ON own.id = en.entrant
  LEFT JOIN entrant city ON city.id = COALESCE(en.for_city, own.city)
  WHERE af.person = {{}} AND af.since <= {{}} AND (af."until" IS NULL OR af."until" > {{}}) AND af.kind <> 'past'
  AND (af.entrant = en.entrant OR af.entrant = en.for_city
   OR (af.kind IN ('home', 'nationality') AND af.country <> ''
    AND af.country = COALESCE(NULLIF(city.country, ''), own.country) AND {_FORBIDS.format("own_country")})
   OR (af.kind <> 'vendor' AND af.organisation <> ''
    AND LOWER(af.organisation) IN (LOWER(own.name), LOWER(city.name)) AND {_FORBIDS.format("employer")})
   OR (af.kind = 'vendor' AND {_FORBIDS.format("supplier")} AND (
    EXISTS (SELECT 1 FROM entry_supplier f WHERE f.entry = en.id AND LOWER(f.name) = LOWER(af.organisation)
     AND f.created_at <= {{}} AND (f.ended_at IS NULL OR f.ended_at > {{}}))
    OR EXISTS (SELECT 1 FROM entrant_link l JOIN entrant firm ON firm.id = l.a
     WHERE l.kind = 'supplier' AND l.b IN (en.entrant, en.for_city, own.city)
     AND LOWER(firm.name) = LOWER(af.organisation)
     AND l.since <= {{}} AND (l."until" IS NULL OR l."until" > {{}}))))))
 OR EXISTS (SELECT 1 FROM conflict d WHERE (d.entry = en.id OR d.entrant = en.entrant OR d.entrant = en.for_city)
  AND d.person = {{}} AND d.edition = en.edition AND d.withdrawn_at IS NULL AND d.created_at <= {{}}))
"""  # noqa: S608  # only texts of ours are put in


def tied_to(person_id: int, now: datetime) -> tuple[int | datetime, ...]:
    return (person_id, now, now, person_id, now, now, now, now, now, now, person_id, now)
