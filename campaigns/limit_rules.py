"""How much one network may post in an hour before it is asked for work, and before it is asked to wait.

Two limits. Above the lower one a post needs a proof of work, or its sender takes the longer way of a typed code; above
the upper one only a proof of work still passes, and it costs more. Nobody who can prove work is refused: behind an
address of a telephone company or of Tor stand thousands. A larger network of IPv6 is given more, since it may hold
more people; over all petitions together a network is given three times as much as for one.

The answer depends on network and subject only, never on what was typed, and asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from django.conf import settings

from campaigns.limit_counting import Names, counts
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


@dataclass(frozen=True, slots=True)
class Posts:
    """What one more post from these networks to a subject (a petition, a demonstration) is counted under."""

    names: Names
    shares: tuple[int, ...]  # how much more than the smallest network each one is given


def posts_from(networks: Sequence[Network], subject: bytes) -> Posts:
    """Where a post would count. Counts nothing."""
    wanted: list[tuple[str, tuple[bytes, ...]]] = [(SUBJECT, (subject,))]
    shares = []
    for network in networks:
        name, share = packed(network), SHARES[network.prefixlen]
        wanted += [(NETWORK, (subject, name)), (NETWORK_EVERYWHERE, (name,))]
        shares += [share, share * EVERYWHERE]
    return Posts(counts.named(*wanted), tuple(shares))


def pressure(posts: Posts) -> tuple[Pressure, bool]:
    """Where its networks stand with the subject; and whether so much comes from everywhere that each post is asked
    for more. Counts nothing."""
    everybody, *totals = counts.totals(posts.names)
    found = Pressure.NONE
    for total, share in zip(totals, posts.shares, strict=True):
        if total >= settings.LIMIT_HARD * share:
            found = Pressure.HARD
        elif total >= settings.LIMIT_SOFT * share:
            found = max(found, Pressure.SOFT)
    return found, everybody >= settings.LIMIT_SUBJECT


def count_post(posts: Posts) -> None:
    """One more post was taken."""
    counts.add(posts.names)


def seconds_to_wait() -> int:
    """Until the counts of this hour end."""
    return counts.seconds_left()


def packed(network: Network) -> bytes:
    """A network as bytes, to be hashed."""
    return bytes([network.prefixlen]) + network.network_address.packed
