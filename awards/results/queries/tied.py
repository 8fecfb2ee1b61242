"""Who leaves an entry to others when results are read and prizes decided: the same ties that keep a judge away."""

from datetime import datetime

# Whether a person acts for the entrant of the entry `en` or the city that it counts for, belongs there, or has a
# conflict with it on record, whoever declared it. `tied_to` gives the values that it asks for.
TIED = (
    "(EXISTS (SELECT 1 FROM official o WHERE (o.entrant = en.entrant OR o.entrant = en.for_city)"
    " AND o.person = {} AND o.since <= {} AND (o.until IS NULL OR o.until > {}))"
    " OR EXISTS (SELECT 1 FROM affiliation af WHERE (af.entrant = en.entrant OR af.entrant = en.for_city)"
    ' AND af.person = {} AND af.since <= {} AND (af."until" IS NULL OR af."until" > {}) AND af.kind <> \'past\')'
    " OR EXISTS (SELECT 1 FROM conflict d WHERE (d.entry = en.id OR d.entrant = en.entrant OR d.entrant = en.for_city)"
    " AND d.person = {} AND d.edition = en.edition AND d.withdrawn_at IS NULL AND d.created_at <= {}))"
)


def tied_to(person_id: int, now: datetime) -> tuple[int | datetime, ...]:
    return (person_id, now, now, person_id, now, now, person_id, now)
