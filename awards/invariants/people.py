from awards.accounts.rules import fold
from awards.accounts.tables import EmailAddress
from awards.actor import INSTANCE
from awards.editions.rules import Role
from awards.editions.tables import Edition, Programme, RoleGrant
from awards.invariants.truth import Truth, by_query, by_reading
from awards.web.i18n import lazy

one_primary_address = by_query(
    "one-primary-address",
    lazy("A person with addresses has not exactly one that mail goes to."),
    """
    SELECT person FROM email_address GROUP BY person
    HAVING SUM(CASE WHEN is_primary THEN 1 ELSE 0 END) <> 1 ORDER BY person
    """,
)


@by_reading("addresses-are-folded", lazy("An address is stored under another form than it is looked up by."))
async def addresses_are_folded() -> list[str]:
    rows = await EmailAddress.select(EmailAddress.id, EmailAddress.address, EmailAddress.folded)
    return [f"email_address {row['id']}" for row in rows if fold(row["address"]) != row["folded"]]


sessions_end = by_query(
    "sessions-end",
    lazy("A session was used, or proved, after its end."),
    """
    SELECT id AS session FROM session
    WHERE seen_at >= expires_at OR proved_at >= expires_at OR expires_at <= created_at ORDER BY id
    """,
)

links_work_in_time = by_query(
    "links-work-in-time",
    lazy("A link of a mail was used after it had ended."),
    "SELECT id AS ticket FROM ticket WHERE used_at >= expires_at ORDER BY id",
)

approvals_take_two = by_query(
    "approvals-take-two",
    lazy("An approval is not given by a second person at an instant."),
    """
    SELECT id AS approval FROM approval
    WHERE (given_by IS NULL) <> (given_at IS NULL) OR given_by = asked_by OR given_at < created_at ORDER BY id
    """,
)

officials_serve_forwards = by_query(
    "officials-serve-forwards",
    lazy("An official's time ends before it begins."),
    'SELECT id AS official FROM official WHERE "until" < since ORDER BY id',
)

officials_of_the_living = by_query(
    "officials-of-the-living",
    lazy("An official acts for an entrant that was declined or merged into another."),
    """
    SELECT o.id AS official FROM official o JOIN entrant e ON e.id = o.entrant
    WHERE o.since IS NOT NULL AND o."until" IS NULL AND (e.state = 'declined' OR e.merged_into IS NOT NULL)
    ORDER BY o.id
    """,
)


@by_reading("roles-have-a-place", lazy("A role is unknown, or over something that does not exist."))
async def roles_have_a_place() -> list[str]:
    rows = await RoleGrant.select(RoleGrant.id, RoleGrant.role, RoleGrant.scope)
    scopes = {INSTANCE}
    scopes |= {f"programme:{row['id']}" for row in await Programme.select(Programme.id)}
    scopes |= {f"edition:{row['id']}" for row in await Edition.select(Edition.id)}
    roles = {role.value for role in Role}
    return [
        f"role_grant {row['id']}" for row in rows if row["role"] not in roles or row["scope"] not in scopes
    ]


TRUTHS: tuple[Truth, ...] = (
    one_primary_address,
    addresses_are_folded,
    sessions_end,
    links_work_in_time,
    approvals_take_two,
    officials_serve_forwards,
    officials_of_the_living,
    roles_have_a_place,
)
