from awards.audit.actions import Action
from awards.audit.chain import salted
from awards.audit.queries import chain_breaks
from awards.audit.tables import Event, EventDetail
from awards.invariants.truth import Truth, by_query, by_reading
from awards.web.i18n import lazy


@by_reading("the-chain-is-whole", lazy("The audit trail was changed, or a part of it is gone."))
async def chain_is_whole() -> list[str]:
    return [f"event {problem.seq} {problem.problem}" for problem in await chain_breaks()]


@by_reading("actions-are-known", lazy("An event is none that the service records."))
async def actions_are_known() -> list[str]:
    rows = await Event.raw("SELECT DISTINCT action FROM event ORDER BY action")
    known = {action.value for action in Action}
    return [f"action {row['action']}" for row in rows if row["action"] not in known]


@by_reading("details-are-what-was-recorded", lazy("What a person wrote about a change was altered since."))
async def details_are_what_was_recorded() -> list[str]:
    rows = await EventDetail.raw(
        "SELECT e.seq, e.detail_sha256, d.reason, d.address, d.detail_salt"
        " FROM event_detail d JOIN event e ON e.id = d.event ORDER BY e.seq"
    )
    return [
        f"event {row['seq']}"
        for row in rows
        # Both cells empty: erased, as they may be.
        if (row["reason"] or row["address"])
        and salted(row["detail_salt"], f"{row['reason']}\n{row['address']}") != row["detail_sha256"]
    ]


events_name_their_edition = by_query(
    "events-name-their-edition",
    lazy("An event names an edition that does not exist."),
    """
    SELECT e.seq AS event FROM event e LEFT JOIN edition d ON d.id = e.edition_id
    WHERE e.edition_id <> 0 AND d.id IS NULL ORDER BY e.seq
    """,
)

heads_are_of_the_trail = by_query(
    "heads-are-of-the-trail",
    lazy(
        "The head of a day is not the trail's: what was written before it was changed since, or the head was."
    ),
    """
    SELECT k.day AS head_of FROM kept_head k LEFT JOIN event e ON e.seq = k.seq AND e.hash = k.hash
    WHERE e.id IS NULL OR EXISTS (SELECT 1 FROM kept_head b WHERE b.id < k.id AND b.seq >= k.seq) ORDER BY k.day
    """,
)

heads_go_to_who_said_yes = by_query(
    "heads-go-to-who-said-yes",
    lazy("A head was mailed to an address that nobody confirmed."),
    """
    SELECT m.id AS message FROM message m WHERE m.template = 'head-of-the-day' AND NOT EXISTS (
      SELECT 1 FROM head_holder h WHERE h.address = m."to" AND h.confirmed_at <= m.created_at
        AND (h.ended_at IS NULL OR h.ended_at >= m.created_at)) ORDER BY m.id
    """,
)

mail_is_sent_once = by_query(
    "mail-is-sent-once",
    lazy("A mail is sent without an instant or a try, or has an instant without having left."),
    """
    SELECT id AS message FROM message
    WHERE (state = 'sent' OR bounced_at IS NOT NULL) <> (sent_at IS NOT NULL) OR (state = 'sent' AND attempts = 0)
       OR (bounced_at IS NOT NULL AND state <> 'failed')
       OR state NOT IN ('queued', 'sent', 'failed', 'dropped') ORDER BY id
    """,
)

jobs_end = by_query(
    "jobs-end",
    lazy("A job is over without an instant, or has one and is not over."),
    """
    SELECT id AS job FROM job
    WHERE (state IN ('done', 'failed', 'cancelled')) <> (ended_at IS NOT NULL)
       OR state NOT IN ('queued', 'running', 'done', 'failed', 'cancelled') ORDER BY id
    """,
)

TRUTHS: tuple[Truth, ...] = (
    chain_is_whole,
    actions_are_known,
    details_are_what_was_recorded,
    events_name_their_edition,
    heads_are_of_the_trail,
    heads_go_to_who_said_yes,
    mail_is_sent_once,
    jobs_end,
)
