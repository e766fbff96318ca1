"""The keys an operator holds, as settings: parsed, checked and made.

Each purpose has a key of its own and none is shared: the ring that wraps petition secrets, the ring behind mail
links, the key behind typed codes, the key that signs checkpoints, the key under which it is remembered who wants no
more mail, and `SECRET_KEY` for the sessions of staff. Equal keys stop the start (`find_shared`).
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

KEY_BYTES = 32


@dataclass(frozen=True)
class KeyRing:
    """Keys by id (1 to 255). `active` is the id that new material is written under: the last one listed."""

    active: int
    keys: Mapping[int, bytes] = field(repr=False)


@dataclass(frozen=True)
class TokenKeyRing:
    """Keys behind the links in mails. New links use `active`; `keys` also holds those that still verify;
    `gone` lists the ids of compromised keys, whose links lead to the page that sends a new mail."""

    active: int
    keys: Mapping[int, bytes] = field(repr=False)
    gone: frozenset[int] = frozenset()


def parse_key(text: str) -> bytes:
    """32 bytes from base64 (RFC 4648, either alphabet)."""
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("must be 32 bytes in base64; make one with `manage.py generate_keys`")
    return key


def parse_ring(text: str) -> KeyRing:
    """`1:base64,2:base64`."""
    keys: dict[int, bytes] = {}
    for entry in text.split(","):
        number, _, key = entry.partition(":")
        _add(keys, number, key)
    return KeyRing(active=list(keys)[-1], keys=keys)


def parse_token_ring(text: str) -> TokenKeyRing:
    """`1:verify:base64,2:active:base64,3:gone`; exactly one is active."""
    keys: dict[int, bytes] = {}
    active: list[int] = []
    gone: set[int] = set()
    for entry in text.split(","):
        number, _, rest = entry.partition(":")
        state, _, key = rest.partition(":")
        if state.strip() == "gone":
            gone.add(_number(number))
            continue
        if state.strip() not in {"active", "verify"}:
            raise ValueError(f"has a key {number.strip()[:3]!r} whose state is not active, verify or gone")
        _add(keys, number, key)
        if state.strip() == "active":
            active.append(_number(number))
    if len(active) != 1 or gone & keys.keys():
        raise ValueError("must hold exactly one active key, and each id once")
    return TokenKeyRing(active=active[0], keys=keys, gone=frozenset(gone))


def find_shared(purposes: Mapping[str, Iterable[bytes]]) -> tuple[str, str] | None:
    """The names of two settings that hold the same key, or twice the name of one whose ring lists a key under two
    ids; None where all keys differ."""
    owners: dict[bytes, str] = {}
    for name, held in purposes.items():
        for key in held:
            if key in owners:
                return owners[key], name
            owners[key] = name
    return None


def _number(text: str) -> int:
    if not text.strip().isascii() or not text.strip().isdigit() or not 1 <= int(text) <= 255:
        raise ValueError("has a key without an id from 1 to 255")
    return int(text)


def _add(keys: dict[int, bytes], number: str, key: str) -> None:
    identity = _number(number)
    if identity in keys:
        raise ValueError(f"holds key {identity} twice")
    try:
        keys[identity] = parse_key(key)
    except ValueError as problem:
        raise ValueError(f"has a key {identity} that {problem}") from None


def new_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def new_settings() -> dict[str, str]:
    """A fresh set of every key an installation needs, as settings."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "UPSTANDER_KEYS": f"1:{new_key()}",
        "UPSTANDER_TOKEN_KEYS": f"1:active:{new_key()}",
        "UPSTANDER_CODE_KEY": new_key(),
        "UPSTANDER_LOG_KEY": new_key(),
        "UPSTANDER_SUPPRESSION_KEY": new_key(),
    }
