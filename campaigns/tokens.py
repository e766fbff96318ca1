"""The links in mails: derived from the row with a key, never stored.

    token = base64url(key id[1] ‖ petition id[4] ‖ row id[8] ‖ mac[16]), 39 characters without padding (RFC 4648)
    mac   = HMAC-SHA256(token key, `upstander/v1/`purpose padded to 32 ‖ petition uuid[16] ‖ row id[8] ‖ seed[16])[:16]

Each purpose has a MAC of its own, so a link to confirm never withdraws. A token says nothing about when it ends: that
is the row's. Keys are the ring UPSTANDER_TOKEN_KEYS; one marked `gone` verifies nothing any more.
"""

from __future__ import annotations

import base64
import binascii
import enum
import hmac
import re
import struct
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from config.keys import TokenKeyRing

LENGTH = 39
SEED_BYTES = 16
MAC_BYTES = 16
MAX_PETITION_ID = 2**31 - 1
MAX_ROW_ID = 2**63 - 1
_HEAD = struct.Struct(">BIQ")
_SHAPE = re.compile(rf"[A-Za-z0-9_-]{{{LENGTH}}}")

# What an unknown row is compared against, so that it takes the same work as a known one.
DUMMY_SEED = bytes(SEED_BYTES)
DUMMY_UUID = UUID(int=0)
_DUMMY_KEY = bytes(32)


class Purpose(enum.StrEnum):
    """What a link may do."""

    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    UNSUBSCRIBE = "unsubscribe"
    DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A well-formed token; nothing is proven before `verify`."""

    key_id: int
    petition_id: int
    row_id: int
    mac: bytes = field(repr=False)


def make(purpose: Purpose, petition_id: int, petition_uuid: UUID, row_id: int, seed: bytes) -> str:
    """The token of one row and purpose under the active key: always the same while that key is active."""
    ring = _ring()
    mac = _mac(ring.keys[ring.active], purpose, petition_uuid, row_id, seed)
    return base64.urlsafe_b64encode(_HEAD.pack(ring.active, petition_id, row_id) + mac).decode("ascii").rstrip("=")


def parse(text: str) -> Parsed | None:
    """Read a token strictly: 39 characters of the alphabet, one spelling for each value. None if it is none."""
    if not _SHAPE.fullmatch(text):
        return None
    try:
        raw = base64.b64decode(f"{text}=", altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    if base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=") != text:
        return None  # the last character has two bits to spare
    key_id, petition_id, row_id = _HEAD.unpack_from(raw)
    if petition_id > MAX_PETITION_ID or row_id > MAX_ROW_ID:
        return None  # no column holds such a number
    return Parsed(key_id, petition_id, row_id, raw[_HEAD.size :])


def verify(parsed: Parsed, purpose: Purpose, petition_uuid: UUID, seed: bytes) -> bool:
    """Whether the token was made for this row and purpose, compared in constant time. A key that is gone proves
    nothing, after the same work."""
    key = _ring().keys.get(parsed.key_id)
    mac = _mac(key or _DUMMY_KEY, purpose, petition_uuid, parsed.row_id, seed)
    return hmac.compare_digest(mac, parsed.mac) and key is not None


def refuse(parsed: Parsed, purpose: Purpose) -> None:
    """Do the work of `verify` for a row that does not exist."""
    verify(parsed, purpose, DUMMY_UUID, DUMMY_SEED)


def _mac(key: bytes, purpose: Purpose, petition_uuid: UUID, row_id: int, seed: bytes) -> bytes:
    label = f"upstander/v1/{purpose}".encode("ascii").ljust(32, b"\0")
    return hmac.digest(key, label + petition_uuid.bytes + struct.pack(">Q", row_id) + seed, "sha256")[:MAC_BYTES]


def _ring() -> TokenKeyRing:
    ring: TokenKeyRing = settings.TOKEN_KEYS
    return ring
