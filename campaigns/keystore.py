"""The petitions' secrets, kept outside PostgreSQL: no dump of the database, however old, opens what it holds.

One file per petition in the directory UPSTANDER_KEYSTORE, `<petition uuid>.json`, mode 0600, with two secrets of 32
random bytes: `seal` for personal data and `index` for the keys that find a mailbox. Each is wrapped on its own, so
that the index can be destroyed before the seal:

    wrapped         = nonce[12] ‖ AES-256-GCM under the key derived from one key of the ring UPSTANDER_KEYS
    additional data = ring key id[1] ‖ petition uuid[16] ‖ name of the secret

A file appears whole or not at all (written aside, fsynced, linked, the directory fsynced) and is never overwritten.
Rotating the ring re-wraps files and touches no row. Source: NIST SP 800-38D.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core import checks

from campaigns.key_derivation import EMAIL_KEY, KEY_BYTES, MESSAGE_ID, NAME_KEY, SALT, WRAP, derive
from config.keys import KeyRing

FORMAT = "upstander-petition-secrets/1"
NONCE_BYTES = 12


class KeystoreError(Exception):
    """A file of secrets cannot be used. Its text is one line for the operator and names the file and the ring key."""


@dataclass(frozen=True)
class PetitionSecrets:
    """The open secrets of one petition, and the keys derived from them."""

    petition: UUID
    seal: bytes = field(repr=False)
    index: bytes = field(repr=False)

    @functools.cached_property
    def email(self) -> bytes:
        """HMAC key behind `email_key`."""
        return derive(self.index, EMAIL_KEY)

    @functools.cached_property
    def name(self) -> bytes:
        """HMAC key behind `name_key`."""
        return derive(self.index, NAME_KEY)

    @functools.cached_property
    def message_id(self) -> bytes:
        """HMAC key behind the Message-ID of a mail."""
        return derive(self.index, MESSAGE_ID)

    @functools.cached_property
    def salt(self) -> bytes:
        """HMAC key behind the salts of the public log."""
        return derive(self.seal, SALT)


_open: dict[UUID, PetitionSecrets] = {}
_guard = threading.Lock()


def create_secrets(petition: UUID) -> None:
    """Make the secrets of a petition, unless it has some; of two processes at once, the first wins.

    Raises KeystoreError where the file cannot be written.
    """
    path = _path(petition)
    fresh = {name: secrets.token_bytes(KEY_BYTES) for name in ("seal", "index")}
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            with _written(path, _pack(petition, fresh)) as draft, contextlib.suppress(FileExistsError):
                os.link(draft, path)
        _sync_directory(path.parent)
    except OSError as problem:
        raise KeystoreError(f"{path} cannot be written: {problem.strerror}") from None


def secrets_of(petition: UUID) -> PetitionSecrets:
    """The secrets of a petition, read once per process. Raises KeystoreError."""
    found = _open.get(petition)
    if found is None:
        with _guard:
            found = _open[petition] = _read(_path(petition), petition)
    return found


def forget_secrets(petition: UUID) -> None:
    """Drop the open secrets of a petition from this process."""
    _open.pop(petition, None)


def check_keystore() -> None:
    """Stop a start whose ring lacks a key: raises KeystoreError that names the first such file and key."""
    for problem in _problems():
        raise problem


@checks.register(checks.Tags.security)
def keystore_is_readable(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """The same as a system check, one error per file."""
    hint = "Put the key back into UPSTANDER_KEYS: what it wraps is lost without it."
    return [checks.Error(str(problem), hint=hint, id="campaigns.E001") for problem in _problems()]


def _problems() -> Iterator[KeystoreError]:
    for path in sorted(Path(settings.KEYSTORE).glob("*.json")):
        try:
            for _name, ring_key, _wrapped in _entries(path):
                _ring_key(path, ring_key)
        except KeystoreError as problem:
            yield problem


def _read(path: Path, petition: UUID) -> PetitionSecrets:
    opened = {name: _unwrap(path, petition, name, ring_key, data) for name, ring_key, data in _entries(path)}
    if opened.keys() != {"seal", "index"}:
        raise KeystoreError(f"{path} holds no longer every secret of its petition")
    return PetitionSecrets(petition, **opened)


def _entries(path: Path) -> list[tuple[str, int, bytes]]:
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise ValueError
        found = content["secrets"].items()
        return [(name, int(entry["ring_key"]), base64.b64decode(entry["wrapped"])) for name, entry in found]
    except FileNotFoundError:
        raise KeystoreError(f"{path} is missing: restore it from the backup of UPSTANDER_KEYSTORE") from None
    except OSError as problem:
        raise KeystoreError(f"{path} cannot be read: {problem.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeystoreError(f"{path} is no file of petition secrets, or is damaged") from None


def _unwrap(path: Path, petition: UUID, name: str, ring_key: int, wrapped: bytes) -> bytes:
    cipher = AESGCM(derive(_ring_key(path, ring_key), WRAP))
    try:
        return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _context(ring_key, petition, name))
    except (InvalidTag, ValueError):
        raise KeystoreError(f"{path} does not open under key {ring_key} of UPSTANDER_KEYS") from None


def _ring_key(path: Path, ring_key: int) -> bytes:
    try:
        return _ring().keys[ring_key]
    except KeyError:
        raise KeystoreError(f"{path} is wrapped under key {ring_key}, which UPSTANDER_KEYS does not hold") from None


def _pack(petition: UUID, values: dict[str, bytes]) -> bytes:
    """The bytes of a file; secrets are wrapped under the ring's active key."""
    ring_key = _ring().active
    cipher = AESGCM(derive(_ring().keys[ring_key], WRAP))
    packed = {}
    for name, value in values.items():
        nonce = os.urandom(NONCE_BYTES)
        wrapped = nonce + cipher.encrypt(nonce, value, _context(ring_key, petition, name))
        packed[name] = {"ring_key": ring_key, "wrapped": base64.b64encode(wrapped).decode("ascii")}
    return json.dumps({"format": FORMAT, "petition": str(petition), "secrets": packed}, indent=1).encode() + b"\n"


def _context(ring_key: int, petition: UUID, name: str) -> bytes:
    return bytes([ring_key]) + petition.bytes + name.encode("ascii")


@contextlib.contextmanager
def _written(path: Path, content: bytes) -> Iterator[Path]:
    """A durable draft beside the file, gone afterwards."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _path(petition: UUID) -> Path:
    return Path(settings.KEYSTORE) / f"{petition}.json"


def _ring() -> KeyRing:
    ring: KeyRing = settings.KEYS
    return ring
