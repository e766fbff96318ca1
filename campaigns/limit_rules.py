"""How much one network may post in an hour before it is asked for work, and before it is asked to wait.

Two limits. Above the lower one a post needs a proof of work, or its sender takes the longer way of a typed code; above
the upper one only a proof of work still passes, and it costs more. Nobody who can prove work is refused: behind an
address of a telephone company or of Tor stand thousands. A larger network of IPv6 is given more, since it may hold
more people; over all petitions together a network is given three times as much as for one.

The answer depends on network and subject only, never on what was typed, and asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any, Final

from django.conf import settings

from campaigns.limit_counting import Counts, counts
from config.client_network import IPV4_PREFIX, IPV6_PREFIXES, Address, Network, client_address

EVERYWHERE: Final = 3  # times what a network may post to one petition, to all of them together
SHARES: Final = dict(zip((IPV4_PREFIX, *IPV6_PREFIXES), (1, 1, 2, 4), strict=True))

NETWORK: Final = "post"
NETWORK_EVERYWHERE: Final = "post_all"
SUBJECT: Final = "subject"


class Pressure(IntEnum):
    """What a post from here needs: nothing, a proof of work or a typed code, a proof of work."""

    NONE = 0
    SOFT = 1
    HARD = 2


class AskedForMore(Exception):
    """The post is not taken like this; `hard` says that only a proof of work will do."""

    def __init__(self, *, hard: bool) -> None:
        super().__init__("asked for more")
        self.hard = hard


def sender(environ: Mapping[str, Any]) -> Address | None:
    """Where a request comes from; None where that cannot be told, as behind a proxy that nobody has named."""
    return client_address(environ, settings.TRUSTED_PROXIES) if settings.KNOWS_NETWORKS else None


def pressure(networks: Sequence[Network], subject: bytes, counted: Counts = counts) -> Pressure:
    """Where these networks stand with a subject (a petition, a demonstration). Counts nothing."""
    found = Pressure.NONE
    for total, share in _totals(networks, subject, counted):
        if total >= settings.LIMIT_HARD * share:
            return Pressure.HARD
        if total >= settings.LIMIT_SOFT * share:
            found = Pressure.SOFT
    return found


def is_crowded(subject: bytes, counted: Counts = counts) -> bool:
    """Whether so much comes from everywhere that each post is asked for more."""
    return counted.total(SUBJECT, subject) >= settings.LIMIT_SUBJECT


def count_post(networks: Sequence[Network], subject: bytes, counted: Counts = counts) -> None:
    """One more post was taken."""
    counted.add(SUBJECT, subject)
    for network in networks:
        counted.add(NETWORK, subject, packed(network))
        counted.add(NETWORK_EVERYWHERE, packed(network))


def seconds_to_wait() -> int:
    """Until the counts of this hour end."""
    return counts.seconds_left()


def packed(network: Network) -> bytes:
    """A network as bytes, to be hashed."""
    return bytes([network.prefixlen]) + network.network_address.packed


def _totals(networks: Sequence[Network], subject: bytes, counted: Counts) -> Iterator[tuple[int, int]]:
    for network in networks:
        share, name = SHARES[network.prefixlen], packed(network)
        yield counted.total(NETWORK, subject, name), share
        yield counted.total(NETWORK_EVERYWHERE, name), share * EVERYWHERE
