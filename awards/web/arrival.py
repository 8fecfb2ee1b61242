"""What is known of a request the moment its head arrives: when, under which number, from where."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from msgspec import Struct

from awards.clock import FixedClock
from awards.settings import Network

KEY = "awards.arrival"


class Arrival(Struct, frozen=True):
    at: datetime
    request_id: str
    address: str

    @property
    def clock(self) -> FixedClock:
        """The request's one instant: a deadline is judged by the arrival of the head, not of the body."""
        return FixedClock(self.at)


def arrival_of(scope: Any) -> Arrival:
    return cast("Arrival", scope["state"][KEY])


def client_address(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The nearest address that is no proxy of ours; forwarded headers count only from those."""
    address = peer
    hops = [hop.strip() for header in forwarded for hop in header.split(",")]
    while hops and _is_in(address, trusted):
        candidate = hops.pop()
        try:
            address = str(ipaddress.ip_address(candidate))
        except ValueError:
            break
    return address


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)
