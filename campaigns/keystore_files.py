"""The files of the keystore: how one is laid out, read, replaced and destroyed.

`<petition uuid>.json`, mode 0600, holds the secrets of a petition or demonstration, each wrapped on its own, so that
one can be destroyed before the other:

    wrapped         = nonce[12] ‖ AES-256-GCM under the key derived from one key of the ring UPSTANDER_KEYS
    additional data = ring key id[1] ‖ petition uuid[16] ‖ name of the secret

A destroyed secret leaves its name and the day under `destroyed`. The file stays for that: who finds a destroyed secret
knows that no backup should bring it back, and nothing makes new ones in its place.

Whoever writes holds the lock of the directory. A file appears and changes whole or not at all (written aside, fsynced,
renamed, the directory fsynced). What it replaces is overwritten before its name goes; that reaches the old bytes on a
plain disk, while a copying file system or the wear levelling of an SSD may keep some. They are wrapped all the same.
Sources: NIST SP 800-38D (GCM); rename(2), fsync(2), flock(2).
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from campaigns.key_derivation import WRAP, derive
from config.keys import KeyRing

FORMAT = "upstander-petition-secrets/1"
NONCE_BYTES = 12
LOCK = ".lock"


class KeystoreError(Exception):
    """A file of secrets cannot be used. Its text is one line for the operator and names the file and the ring key."""


class SecretsDestroyed(KeystoreError):
    """The secret was destroyed on purpose and comes back never."""


@dataclass(frozen=True)
class Wrapped:
    """A secret as it stands in its file."""

    ring_key: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class SecretsFile:
    """What a file says. `destroyed` leads from a secret's name to the day on which it went (ISO 8601)."""

    petition: UUID
    wrapped: Mapping[str, Wrapped]
    destroyed: Mapping[str, str]

    def opened(self) -> dict[str, bytes]:
        """The secrets that are left. Raises KeystoreError."""
        return {name: self._unwrap(name, wrapped) for name, wrapped in self.wrapped.items()}

    def rewrapped(self) -> SecretsFile:
        """The same secrets under the ring's active key. Raises KeystoreError."""
        return SecretsFile(self.petition, wrap(self.petition, self.opened()), self.destroyed)

    def without(self, names: set[str]) -> SecretsFile:
        """The same without some secrets, which are noted as destroyed today."""
        today = datetime.now(UTC).date().isoformat()
        gone = dict.fromkeys(names - self.destroyed.keys(), today)
        kept = {name: wrapped for name, wrapped in self.wrapped.items() if name not in names}
        return SecretsFile(self.petition, kept, {**self.destroyed, **gone})

    def _unwrap(self, name: str, wrapped: Wrapped) -> bytes:
        path, ring_key, data = path_of(self.petition), wrapped.ring_key, wrapped.data
        held = _ring().keys.get(ring_key)
        if held is None:
            raise KeystoreError(f"{path} is wrapped under key {ring_key}, which UPSTANDER_KEYS does not hold")
        try:
            context = _context(ring_key, self.petition, name)
            return AESGCM(derive(held, WRAP)).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise KeystoreError(f"{path} does not open under key {ring_key} of UPSTANDER_KEYS") from None


def path_of(petition: UUID) -> Path:
    """Where the secrets of a petition lie."""
    return Path(settings.KEYSTORE) / f"{petition}.json"


def petitions_kept() -> list[UUID]:
    """Whose files there are, in a stable order. Raises KeystoreError for a file that is none of ours."""
    found = []
    for path in sorted(Path(settings.KEYSTORE).glob("*.json")):
        try:
            found.append(UUID(path.stem))
        except ValueError:
            raise KeystoreError(f"{path} is no file of petition secrets: its name is no uuid") from None
    return found


def read(petition: UUID) -> SecretsFile:
    """The file of a petition, nothing opened. Raises KeystoreError."""
    path = path_of(petition)
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise ValueError
        wrapped = {
            name: Wrapped(int(entry["ring_key"]), base64.b64decode(entry["wrapped"]))
            for name, entry in content["secrets"].items()
        }
        return SecretsFile(petition, wrapped, dict(content.get("destroyed", {})))
    except FileNotFoundError:
        raise KeystoreError(f"{path} is missing: restore it from the backup of UPSTANDER_KEYSTORE") from None
    except OSError as problem:
        raise KeystoreError(f"{path} cannot be read: {problem.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeystoreError(f"{path} is no file of petition secrets, or is damaged") from None


def wrap(petition: UUID, values: Mapping[str, bytes]) -> dict[str, Wrapped]:
    """Secrets under the ring's active key; each call gives other bytes."""
    ring_key = _ring().active
    cipher = AESGCM(derive(_ring().keys[ring_key], WRAP))
    wrapped = {}
    for name, value in values.items():
        nonce = os.urandom(NONCE_BYTES)
        wrapped[name] = Wrapped(ring_key, nonce + cipher.encrypt(nonce, value, _context(ring_key, petition, name)))
    return wrapped


@contextlib.contextmanager
def writing(petition: UUID) -> Iterator[None]:
    """Hold the keystore's lock, in a directory that is there; what the operating system refuses is a KeystoreError."""
    path = path_of(petition)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (path.parent / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as problem:
        raise KeystoreError(f"{path} cannot be written: {problem.strerror}") from None


def write(file: SecretsFile) -> None:
    """Put a file in its place, under the lock; what stood there, and what an interrupted write left, is overwritten."""
    path = path_of(file.petition)
    erase_leftovers(file.petition)
    draft = _beside(path)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(_packed(file))
        stream.flush()
        os.fsync(stream.fileno())
    if path.exists():
        os.link(path, _beside(path))  # keeps the old bytes in reach once their name leads elsewhere
    os.replace(draft, path)
    _sync(path.parent)
    erase_leftovers(file.petition)


def erase_leftovers(petition: UUID) -> None:
    """Overwrite and delete every draft and former version that lies beside a petition's file, under the lock."""
    path = path_of(petition)
    leftovers = list(path.parent.glob(f".{path.name}.*"))
    for leftover in leftovers:
        if not (path.exists() and leftover.samefile(path)):  # a write may have ended between link and rename
            _overwrite(leftover)
        leftover.unlink()
    if leftovers:
        _sync(path.parent)


def _packed(file: SecretsFile) -> bytes:
    packed = {
        name: {"ring_key": wrapped.ring_key, "wrapped": base64.b64encode(wrapped.data).decode("ascii")}
        for name, wrapped in file.wrapped.items()
    }
    content = {"format": FORMAT, "petition": str(file.petition), "secrets": packed}
    if file.destroyed:
        content["destroyed"] = dict(file.destroyed)
    return json.dumps(content, indent=1).encode() + b"\n"


def _overwrite(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.write(secrets.token_bytes(path.stat().st_size))
        stream.flush()
        os.fsync(stream.fileno())


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}")


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _context(ring_key: int, petition: UUID, name: str) -> bytes:
    return bytes([ring_key]) + petition.bytes + name.encode("ascii")


def _ring() -> KeyRing:
    ring: KeyRing = settings.KEYS
    return ring
