"""Which network a request comes from, as far as it can be told; nothing else about who asks.

The peer of the connection is believed, and so is what a trusted proxy says of its own peer: `X-Forwarded-For` is read
from the right, each step only while the one who added it is trusted (setting TRUSTED_PROXIES). What a client writes
into the header itself stands further left and is never reached. Nothing here is stored or logged.

One subscriber is given a /64 of IPv6 at least and often a /56 or /48 (RIPE-690), so all three are networks to count;
of IPv4 it is the /24. IPv4 mapped into IPv6 (RFC 4291, 2.5.5.2) is IPv4.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any, Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

IPV4_PREFIX: Final = 24
IPV6_PREFIXES: Final = (64, 56, 48)
MOST_PROXIES: Final = 10  # nobody stands behind more; a longer header is somebody's game
LONGEST_ENTRY: Final = 64


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks separated by commas, like `127.0.0.1, 10.0.0.0/8, fd00::/8`. Raises ValueError, naming the first that
    is none."""
    found: list[Network] = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        try:
            network = ipaddress.ip_network(entry)
        except ValueError:
            raise ValueError(f"holds {entry!r}, which is no network like 10.0.0.0/8 or fd00::/8") from None
        if network.prefixlen == 0:
            raise ValueError(f"holds {entry}, which would let anybody say where they come from")
        found.append(network)
    return tuple(found)


def client_address(environ: Mapping[str, Any], trusted: Sequence[Network]) -> Address | None:
    """The nearest address that no trusted proxy vouches for, or the farthest one known; None where there is none."""
    address = parse_address(environ.get("REMOTE_ADDR") or "")
    if address is None or not trusted:
        return address
    said = (environ.get("HTTP_X_FORWARDED_FOR") or "").rsplit(",", MOST_PROXIES)
    for entry in reversed(said[-MOST_PROXIES:]):
        if not _is_in(address, trusted):
            return address
        before = parse_address(entry)
        if before is None:
            return address
        address = before
    return address


def networks_of(address: Address) -> tuple[Network, ...]:
    """The networks an address is counted under, the smallest first."""
    prefixes = (IPV4_PREFIX,) if address.version == 4 else IPV6_PREFIXES
    return tuple(ipaddress.ip_network((address, prefix), strict=False) for prefix in prefixes)


def parse_address(text: str) -> Address | None:
    """An address as servers and proxies write it, perhaps with a port or in brackets; None for anything else."""
    text = text.strip()
    if len(text) > LONGEST_ENTRY:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])  # a zone says only through which wire it came
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
