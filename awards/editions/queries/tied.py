"""Who leaves an entry to others when two people decide, results are read and prizes given: the ties that keep a judge away."""

from datetime import datetime

# Whether the edition's rule keeps judges away, which these do where the edition says nothing.
_FORBIDS = """NOT EXISTS (SELECT 1 FROM conflict_rule cr WHERE cr.edition = en.edition AND cr.code = '{}'
    AND cr.effect <> 'forbid')"""
# The same of rules that only warn where the edition says nothing.
_MADE_TO = """EXISTS (SELECT 1 FROM conflict_rule cr WHERE cr.edition = en.edition AND cr.code = '{}'
    AND cr.effect = 'forbid')"""

# Whether PERSON acts for the entrant of the entry `en` or the city that it counts for, belongs there, has a
# conflict with it on record, whoever declared it, or is kept from it by the edition's rules on countries, employers,
# suppliers, linked bodies and nominations. Names count where they are the same; those that are only alike keep no
# judge away either. What stands in the features above is asked for by name, and nothing of it is read.
# `tied_to` gives the values that it asks for.
_TIED = f"""
EXISTS (SELECT 1 FROM entrant own LEFT JOIN entrant city ON city.id = COALESCE(en.for_city, own.city)
 WHERE own.id = en.entrant AND (
 EXISTS (SELECT 1 FROM official o WHERE o.entrant IN (own.id, city.id)
  AND o.person = PERSON AND o.since <= {{}} AND (o.until IS NULL OR o.until > {{}}))
 OR EXISTS (SELECT 1 FROM affiliation af
  WHERE af.person = PERSON AND af.since <= {{}} AND (af."until" IS NULL OR af."until" > {{}}) AND af.kind <> 'past'
  AND (af.entrant IN (own.id, city.id)
   OR (af.kind IN ('home', 'nationality') AND af.country <> ''
    AND af.country = COALESCE(NULLIF(city.country, ''), own.country) AND {_FORBIDS.format("own_country")})
   OR (af.kind <> 'vendor' AND af.organisation <> ''
    AND LOWER(af.organisation) IN (LOWER(own.name), LOWER(city.name)) AND {_FORBIDS.format("employer")})
   OR (af.kind = 'vendor' AND {_FORBIDS.format("supplier")} AND (
    EXISTS (SELECT 1 FROM entry_supplier f WHERE f.entry = en.id AND LOWER(f.name) = LOWER(af.organisation)
     AND f.created_at <= {{}} AND (f.ended_at IS NULL OR f.ended_at > {{}}))
    OR EXISTS (SELECT 1 FROM entrant_link l JOIN entrant firm ON firm.id = l.a
     WHERE l.kind = 'supplier' AND l.b IN (own.id, en.for_city, own.city)
     AND LOWER(firm.name) = LOWER(af.organisation)
     AND l.since <= {{}} AND (l."until" IS NULL OR l."until" > {{}}))))))
 OR EXISTS (SELECT 1 FROM conflict d WHERE (d.entry = en.id OR d.entrant IN (own.id, city.id))
  AND d.person = PERSON AND d.edition = en.edition AND d.withdrawn_at IS NULL AND d.created_at <= {{}})
 OR ({_MADE_TO.format("nominated_by")}
  AND EXISTS (SELECT 1 FROM nomination n WHERE n.person = PERSON AND n."by" IN (own.id, city.id)))
 OR ({_MADE_TO.format("linked")} AND EXISTS (SELECT 1 FROM entrant_link l
  JOIN entrant y ON (y.id = l.a AND l.b IN (own.id, en.for_city, own.city))
   OR (y.id = l.b AND l.a IN (own.id, en.for_city, own.city))
  WHERE l.kind <> 'supplier' AND l.since <= {{}} AND (l."until" IS NULL OR l."until" > {{}})
  AND (EXISTS (SELECT 1 FROM official o WHERE o.entrant = y.id
    AND o.person = PERSON AND o.since <= {{}} AND (o.until IS NULL OR o.until > {{}}))
   OR EXISTS (SELECT 1 FROM affiliation af WHERE af.kind NOT IN ('past', 'vendor')
    AND af.person = PERSON AND af.since <= {{}} AND (af."until" IS NULL OR af."until" > {{}})
    AND (af.entrant = y.id OR LOWER(af.organisation) = LOWER(y.name))))))))
"""  # noqa: S608  # only texts of ours are put in
TIED = _TIED.replace("PERSON", "{}")
TIED_PERSON = _TIED.replace("PERSON", "p.id")


def tied_to(person_id: int, now: datetime) -> tuple[int | datetime, ...]:
    return (
        person_id, now, now, person_id, now, now, now, now, now, now, person_id, now,
        person_id, now, now, person_id, now, now, person_id, now, now,
    )  # fmt: skip


def whoever_is_tied(now: datetime) -> tuple[datetime, ...]:
    """The values of `TIED_PERSON`."""
    return tuple(value for value in tied_to(0, now) if isinstance(value, datetime))
