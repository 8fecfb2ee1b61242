"""Tables that exist only here: the engines are older than the service's own."""

from piccolo.columns import ForeignKey, Integer, OnDelete, Timestamptz, Varchar
from piccolo.table import Table


class Account(Table, tablename="probe_account"):
    name = Varchar(length=40, unique=True)
    balance = Integer(default=0)
    seen = Timestamptz(default=None, null=True)


class Payment(Table, tablename="probe_payment"):
    account = ForeignKey(Account, null=False, on_delete=OnDelete.restrict)
    amount = Integer(default=0)


# Checked at the COMMIT, not at the statement: the way to make one fail.
LATE = """CREATE TABLE probe_late (
    account integer NOT NULL REFERENCES probe_account (id) DEFERRABLE INITIALLY DEFERRED
)"""


async def balance(name: str = "shared") -> int:
    row = await Account.select(Account.balance).where(Account.name == name).first()
    assert row is not None
    value: int = row["balance"]
    return value


async def names() -> list[str]:
    return [row["name"] for row in await Account.select(Account.name).order_by(Account.name)]
