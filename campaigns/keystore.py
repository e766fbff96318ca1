"""The petitions' secrets, kept outside PostgreSQL: no dump of the database, however old, opens what it holds.

Two secrets of 32 random bytes for each petition and demonstration: `seal` for personal data, and `index` for the keys
that find a mailbox. They lie in the directory UPSTANDER_KEYSTORE; `campaigns.keystore_files` says how.

A process keeps what it has opened, and looks every two seconds whether the files are still the same: what was destroyed
is forgotten soon after, in every process and on every machine that shares the directory.
"""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import checks

from campaigns import keystore_files as files
from campaigns import pending_keys
from campaigns.key_derivation import EMAIL_KEY, KEY_BYTES, MESSAGE_ID, NAME_KEY, SALT, derive
from campaigns.keystore_files import KeystoreError, SecretsDestroyed
from campaigns.sealing import forget_ciphers

__all__ = ["KeystoreError", "PetitionSecrets", "SecretsDestroyed", "create_secrets", "secrets_of"]

BOTH = frozenset({"seal", "index"})
LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class PetitionSecrets:
    """The open secrets of one petition, and the keys derived from them.

    The index may be destroyed before the seal: then it is None, and each key derived from it raises SecretsDestroyed.
    """

    petition: UUID
    seal: bytes = field(repr=False)
    index: bytes | None = field(repr=False)

    @functools.cached_property
    def email(self) -> bytes:
        """HMAC key behind `email_key`."""
        return self._from_index(EMAIL_KEY)

    @functools.cached_property
    def name(self) -> bytes:
        """HMAC key behind `name_key`."""
        return self._from_index(NAME_KEY)

    @functools.cached_property
    def message_id(self) -> bytes:
        """HMAC key behind the Message-ID of a mail."""
        return self._from_index(MESSAGE_ID)

    @functools.cached_property
    def salt(self) -> bytes:
        """HMAC key behind the salts of the public log."""
        return derive(self.seal, SALT)

    def _from_index(self, label: bytes) -> bytes:
        if self.index is None:
            raise SecretsDestroyed(f"the index of {files.path_of(self.petition)} was destroyed")
        return derive(self.index, label)


Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class _Held:
    secrets: PetitionSecrets
    path: Path
    stamp: Stamp | None


_open: dict[UUID, _Held] = {}
_guard = threading.Lock()
_watcher: threading.Thread | None = None


def create_secrets(petition: UUID) -> None:
    """Make the secrets of a petition, unless it has or had some; of two processes at once, the first wins.

    Raises KeystoreError where the file cannot be written.
    """
    with files.writing(petition):
        if not files.path_of(petition).exists():
            fresh = {name: secrets.token_bytes(KEY_BYTES) for name in sorted(BOTH)}
            files.write(files.SecretsFile(petition, files.wrap(petition, fresh), {}))


def secrets_of(petition: UUID) -> PetitionSecrets:
    """The secrets of a petition, read once per process. Raises SecretsDestroyed, and KeystoreError otherwise."""
    held = _open.get(petition)
    if held is None:
        with _guard:
            held = _open[petition] = _read(petition)
            _watch()
    return held.secrets


def forget_secrets(petition: UUID) -> None:
    """Drop the open secrets of a petition from this process."""
    with _guard:
        _open.pop(petition, None)
        forget_ciphers()


def destroy_secrets(petition: UUID) -> bool:
    """Destroy both secrets of a petition for good; False if that was done before. What they sealed opens never again.

    Safe to repeat after an interruption, which leaves them either whole or gone. A petition that has no file gets one
    that says that it will never have secrets. Raises KeystoreError.
    """
    return _destroy(petition, set(BOTH))


def destroy_index(petition: UUID) -> bool:
    """Destroy only what finds a mailbox; False if that was done before. Nobody can test a guessed address any more.

    The duplicate check, the search by address and the codes end with it. Raises KeystoreError, also where there is no
    file: nothing is made to be destroyed.
    """
    return _destroy(petition, {"index"})


def is_destroyed(petition: UUID) -> bool:
    """Whether both secrets of a petition were destroyed on purpose. A file that cannot be read does not say so."""
    try:
        return files.read(petition).destroyed.keys() >= BOTH
    except KeystoreError:
        return False


def check_keystore() -> None:
    """Stop a start whose ring does not open a file: raises KeystoreError that names the first such file and key."""
    for problem in _problems():
        raise problem


@checks.register(checks.Tags.security)
def keystore_is_readable(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """The same as a system check, one error per file."""
    hint = "Put the key back into UPSTANDER_KEYS: what it wraps is lost without it."
    return [checks.Error(str(problem), hint=hint, id="campaigns.E001") for problem in _problems()]


def _problems() -> Iterator[KeystoreError]:
    try:
        petitions = files.petitions_kept()
    except KeystoreError as problem:
        yield problem
        return
    for petition in petitions:
        try:
            files.read(petition).opened()
        except KeystoreError as problem:
            yield problem
    for ring_key in sorted(pending_keys.ring_keys_in_use() - settings.KEYS.keys.keys()):
        folder = Path(settings.KEYSTORE) / "pending"
        yield KeystoreError(f"{folder} holds files under key {ring_key}, which UPSTANDER_KEYS does not hold")


def _destroy(petition: UUID, names: set[str]) -> bool:
    with files.writing(petition):
        file = _whatever_is_there(petition) if names == BOTH else files.read(petition)
        if names <= file.destroyed.keys():
            files.erase_leftovers(petition)
            return False
        files.write(file.without(names))
    forget_secrets(petition)
    return True


def _whatever_is_there(petition: UUID) -> files.SecretsFile:
    """The file of a petition; one without content where it is damaged or missing, which must not save its secrets."""
    try:
        return files.read(petition)
    except KeystoreError:
        return files.SecretsFile(petition, {}, {})


def _read(petition: UUID) -> _Held:
    path = files.path_of(petition)
    stamp = _stamp(path)  # before reading: a change meanwhile is noticed at the next look
    file = files.read(petition)
    if "seal" in file.destroyed:
        raise SecretsDestroyed(f"the secrets of {path} were destroyed on {file.destroyed['seal']}")
    opened = file.opened()
    if opened.keys() | file.destroyed.keys() != BOTH:
        raise KeystoreError(f"{path} holds no longer every secret of its petition")
    return _Held(PetitionSecrets(petition, opened["seal"], opened.get("index")), path, stamp)


def _stamp(path: Path) -> Stamp | None:
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size
    return None


def _watch() -> None:
    """Have one thread of this process look after what is open."""
    global _watcher
    if _watcher is None or not _watcher.is_alive():
        _watcher = threading.Thread(target=_look_again_and_again, name="keystore", daemon=True)
        _watcher.start()


def _look_again_and_again() -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        for petition, held in list(_open.items()):
            if _stamp(held.path) != held.stamp:
                forget_secrets(petition)


def _begin_anew() -> None:
    """A forked child has no watcher: it opens what it needs itself."""
    global _guard, _watcher
    _guard, _watcher = threading.Lock(), None
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
