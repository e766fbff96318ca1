"""Personal data as sealed blobs: AES-256-GCM (NIST SP 800-38D), bound to the place where a blob belongs.

    blob            = key version[1] ‖ nonce[12] ‖ ciphertext and tag
    additional data = `upstander/v1/seal` ‖ key version[1] ‖ petition uuid[16] ‖ email_key[16] ‖ name_key[8]
    plaintext       = JSON, padded to a multiple of 128 bytes (RFC 5652, 6.3), so that its length tells little

The place is the row's own key, known before the row is stored: a blob that was moved to another row fails to open.
Nonces are random, so one key seals at most 2^32 times. A new key version begins after 2^30, by `key_version`.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7

from campaigns.key_derivation import data_key

LABEL = b"upstander/v1/seal"
NONCE_BYTES = 12
PADDING = PKCS7(128 * 8)
SEALS_PER_KEY = 2**30


class CannotOpen(Exception):
    """The blob is damaged, was moved, or was sealed under another key. Says nothing about its content."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob belongs: its petition and the key of its row."""

    petition: UUID
    email_key: bytes
    name_key: bytes

    def additional_data(self, version: int) -> bytes:
        """What is authenticated beside the content; every part has a fixed length."""
        return b"".join([LABEL, bytes([version]), self.petition.bytes, self.email_key, self.name_key])


def key_version(seals: int) -> int:
    """The key version for the next seal, when so many were made before (an upper bound will do)."""
    return min(1 + seals // SEALS_PER_KEY, 255)


def seal(secret: bytes, version: int, place: Place, payload: Mapping[str, Any]) -> bytes:
    """Seal a JSON object under the petition's seal secret; each call gives another blob."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(secret, version).encrypt(nonce, _padded(payload), place.additional_data(version))
    return bytes([version]) + nonce + sealed


def unseal(secret: bytes, place: Place, blob: bytes) -> dict[str, Any]:
    """The object that was sealed for this place. Raises CannotOpen."""
    try:
        version, nonce, sealed = blob[0], blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
        plain = _cipher(secret, version).decrypt(nonce, sealed, place.additional_data(version))
    except (InvalidTag, IndexError, ValueError):
        raise CannotOpen("a sealed blob does not open at its place") from None
    return _unpadded(plain)


def unseal_many(secret: bytes, petition: UUID, rows: Iterable[tuple[bytes, bytes]]) -> Iterator[dict[str, Any]]:
    """What was sealed in many rows of one petition, given as (email_key ‖ name_key, blob). Raises CannotOpen.

    What the rows share is prepared once, and the padding after the JSON is left unread: the tag has vouched for it.
    """
    read = json.JSONDecoder().raw_decode
    version, decrypt, fixed = -1, _cipher(secret, 1).decrypt, b""
    try:
        for keys, blob in rows:
            if blob[0] != version:
                version = blob[0]
                decrypt = _cipher(secret, version).decrypt
                fixed = b"".join([LABEL, bytes([version]), petition.bytes])
            sealed = blob[1 + NONCE_BYTES :]
            yield read(decrypt(blob[1 : 1 + NONCE_BYTES], sealed, fixed + keys).decode())[0]
    except (InvalidTag, IndexError, ValueError):
        raise CannotOpen("a sealed blob does not open at its place") from None


def seal_once(key: bytes, place: Place, payload: Mapping[str, Any]) -> bytes:
    """nonce[12] ‖ ciphertext and tag under a key that seals nothing else; the place is bound as version 0."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, _padded(payload), place.additional_data(0))


def unseal_once(key: bytes, place: Place, sealed: bytes) -> dict[str, Any]:
    """The object that `seal_once` sealed. Raises CannotOpen."""
    try:
        plain = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.additional_data(0))
    except (InvalidTag, ValueError):
        raise CannotOpen("a sealed blob does not open at its place") from None
    return _unpadded(plain)


def _padded(payload: Mapping[str, Any]) -> bytes:
    padder = PADDING.padder()
    return padder.update(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()) + padder.finalize()


def _unpadded(plain: bytes) -> dict[str, Any]:
    unpadder = PADDING.unpadder()
    content: dict[str, Any] = json.loads(unpadder.update(plain) + unpadder.finalize())
    return content


def forget_ciphers() -> None:
    """Drop every key that this process has prepared: the secret of one of them is to be forgotten."""
    _cipher.cache_clear()


@functools.lru_cache(maxsize=256)
def _cipher(secret: bytes, version: int) -> AESGCM:
    return AESGCM(data_key(secret, version))
