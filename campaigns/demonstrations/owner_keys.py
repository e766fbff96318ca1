"""How a pledge is found again without storing whose it is.

    owner_key = HMAC-SHA256(email key of the demonstration, canonical address or the secret of a code)[:16]

An address holds an "@" and a code never does, so no code can stand for an address. The key comes from the
demonstration's index secret: another demonstration gives other digests, and without it they are noise.
"""

from __future__ import annotations

import hmac

from campaigns.addresses import Address
from campaigns.demonstrations.recovery_codes import Code
from campaigns.keystore import PetitionSecrets
from campaigns.sealing import Place

ONE_PLEDGE = bytes(8)
"""What stands where a blob's place names a person in a mailbox: here a mailbox has one pledge."""


def key_of_mailbox(secrets: PetitionSecrets, address: Address) -> bytes:
    """Sixteen bytes for a mailbox."""
    return hmac.digest(secrets.email, address.canonical.encode(), "sha256")[:16]


def key_of_code(secrets: PetitionSecrets, code: Code) -> bytes:
    """Sixteen bytes for a code."""
    return hmac.digest(secrets.email, code.secret.encode("ascii"), "sha256")[:16]


def place_of(secrets: PetitionSecrets, owner_key: bytes) -> Place:
    """Where the blob of a pledge belongs."""
    return Place(secrets.petition, owner_key, ONE_PLEDGE)
