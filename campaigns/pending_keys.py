"""Keys that open what somebody typed only until it is confirmed: short-lived, outside PostgreSQL, and then gone.

PostgreSQL erases nothing at once: after an UPDATE or DELETE the old bytes stay in the table's file, in the WAL and in
every dump made before. What erases is that a key is destroyed, and a key that several rows share could not be destroyed
when one of them is done. So every row has a key of its own, at the cost of one durable file per process and minute:

    window  = unix time[4] ‖ random[4], for one petition in one process, at most a minute long
    row key = HMAC-SHA256(root[32] of the window, number of the row in it[4])
    file    = UPSTANDER_KEYSTORE/pending/<petition uuid>/<window in hexadecimal>.key, mode 0600
    content = ring key id[1] ‖ nonce[12] ‖ AES-256-GCM(kind[1] ‖ the root, or number[4] ‖ row key[32] for each row)
    additional data = ring key id[1] ‖ petition uuid[16] ‖ window[8]

While a window is open its file holds the root. As soon as no post under it can be on its way any more, `keep_only`
puts the keys of the rows that still wait in the root's place, and from then on takes out each that waits no more. A
file without keys, or a day old, is destroyed. Files are replaced whole (written aside, fsynced, renamed) and what they
held is overwritten; a disk that copies on write may keep it, wrapped under the ring. Source: NIST SP 800-38D.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import struct
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from campaigns.key_derivation import KEY_BYTES, PENDING_WRAP, derive
from campaigns.keystore_files import KeystoreError

WINDOW = timedelta(minutes=1)
# A post takes seconds from its seal to its row. After so long none can be on its way under a window that was closed.
SETTLED = timedelta(minutes=3)
LIFE = timedelta(hours=24)
WINDOW_BYTES = 8
NONCE_BYTES = 12
ROOT, ROWS = b"\0", b"\1"
ROW = struct.Struct(f">I{KEY_BYTES}s")


class KeyGone(LookupError):
    """The key was destroyed: what it opened is erased."""


@dataclass(frozen=True, slots=True)
class PendingKey:
    """A row's own key, and where it is found again."""

    window: bytes
    number: int
    key: bytes = field(repr=False)


@dataclass(slots=True)
class _Window:
    name: bytes
    root: bytes = field(repr=False)
    until: float
    next: int = 0


_windows: dict[UUID, _Window] = {}
_guard = threading.Lock()


def issue(petition: UUID) -> PendingKey:
    """A key that no other row has; it is durable before this returns. Raises KeystoreError."""
    with _guard:
        window = _windows.get(petition)
        if window is None or window.until <= time.monotonic():
            window = _windows[petition] = _open_window(petition)
        number, window.next = window.next, window.next + 1
    return PendingKey(window.name, number, _row_key(window.root, number))


def key_of(petition: UUID, window: bytes, number: int) -> bytes:
    """The key of a row that waits. Raises KeyGone, or KeystoreError where it is there and cannot be used."""
    path = _folder(petition) / f"{window.hex()}.key"
    content = _read(path, petition)
    if content[:1] == ROOT:
        return _row_key(content[1:], number)
    try:
        return _rows_in(content)[number]
    except KeyError:
        raise KeyGone("the key of a row was destroyed") from None


def petitions_with_keys() -> list[UUID]:
    """The petitions for which any key waits."""
    found = []
    for folder in (Path(settings.KEYSTORE) / "pending").glob("*"):
        with contextlib.suppress(ValueError):  # a folder that is none of ours
            petition = UUID(folder.name)
            if any(folder.iterdir()):
                found.append(petition)
    return found


def keep_only(petition: UUID, waiting: Collection[tuple[bytes, int]], now: datetime) -> None:
    """Destroy the keys of rows that wait no more, given (window, number) of all that do.

    `waiting` must have been read before this is called: windows that were open then are left alone. Safe to break off
    and to repeat. Raises KeystoreError after all files had their turn.
    """
    problems: list[KeystoreError] = []
    _erase_drafts(petition, now)
    numbers: dict[bytes, set[int]] = {}
    for window, number in waiting:
        numbers.setdefault(window, set()).add(number)
    for path, window in _files(petition):
        try:
            _thin_out(path, petition, numbers.get(window, set()), _age(window, now))
        except KeystoreError as problem:
            problems.append(problem)
    if problems:
        raise problems[0]


def destroy_all(petition: UUID) -> None:
    """Destroy every key of a petition, also those that wait. Raises KeystoreError."""
    with _guard:
        _windows.pop(petition, None)
    for path, _window in _files(petition):
        _destroy(path)


def ring_keys_in_use() -> set[int]:
    """The keys of the ring under which any file is wrapped; a file lives a day at most. Raises KeystoreError."""
    found = set()
    for path in (Path(settings.KEYSTORE) / "pending").glob("*/*.key"):
        try:
            found |= set(path.read_bytes()[:1])
        except FileNotFoundError:  # destroyed a moment ago
            continue
        except OSError as problem:
            raise KeystoreError(f"{path} cannot be read: {problem.strerror}") from None
    return found


def forget_windows() -> None:
    """Drop the open windows of this process; the next key opens a new one."""
    with _guard:
        _windows.clear()


def _open_window(petition: UUID) -> _Window:
    name = int(time.time()).to_bytes(4, "big") + os.urandom(WINDOW_BYTES - 4)
    root = secrets.token_bytes(KEY_BYTES)
    folder = _folder(petition)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise KeystoreError(f"{folder} cannot be made: {problem.strerror}") from None
    _write(folder / f"{name.hex()}.key", petition, ROOT + root)
    timer = threading.Timer(WINDOW.total_seconds(), _close_window, [petition, name])
    timer.daemon = True  # a root must not wait in memory for the next post
    timer.start()
    return _Window(name, root, time.monotonic() + WINDOW.total_seconds())


def _close_window(petition: UUID, name: bytes) -> None:
    with _guard:
        window = _windows.get(petition)
        if window is not None and window.name == name:
            del _windows[petition]


def _thin_out(path: Path, petition: UUID, waiting: set[int], age: timedelta) -> None:
    if age < SETTLED:
        return
    if not waiting or age >= LIFE + SETTLED:
        _destroy(path)
        return
    try:
        content = _read(path, petition)
    except KeyGone:
        return
    found = _rows_in(content) if content[:1] == ROWS else {number: _row_key(content[1:], number) for number in waiting}
    kept = {number: key for number, key in found.items() if number in waiting}
    if content[:1] == ROOT or kept.keys() != found.keys():
        _write(path, petition, ROWS + b"".join([ROW.pack(number, key) for number, key in sorted(kept.items())]))


def _erase_drafts(petition: UUID, now: datetime) -> None:
    """What a write left that was killed: it holds keys too."""
    for draft in _folder(petition).glob(".*"):
        with contextlib.suppress(FileNotFoundError):
            if now.timestamp() - draft.stat().st_mtime >= SETTLED.total_seconds():
                _destroy(draft)


def _row_key(root: bytes, number: int) -> bytes:
    return hmac.digest(root, number.to_bytes(4, "big"), "sha256")


def _rows_in(content: bytes) -> dict[int, bytes]:
    return dict(ROW.iter_unpack(content[1:]))


def _age(window: bytes, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - int.from_bytes(window[:4], "big"))


def _files(petition: UUID) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(_folder(petition).glob("*.key")):
        with contextlib.suppress(ValueError):  # a file that is none of ours
            yield path, bytes.fromhex(path.stem)


def _folder(petition: UUID) -> Path:
    return Path(settings.KEYSTORE) / "pending" / str(petition)


def _read(path: Path, petition: UUID) -> bytes:
    try:
        wrapped = path.read_bytes()
        ring_key = wrapped[0]
        cipher = AESGCM(derive(settings.KEYS.keys[ring_key], PENDING_WRAP))
        context = _context(ring_key, petition, bytes.fromhex(path.stem))
        return cipher.decrypt(wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :], context)
    except FileNotFoundError:
        raise KeyGone("the key of a row was destroyed") from None
    except OSError as problem:
        raise KeystoreError(f"{path} cannot be read: {problem.strerror}") from None
    except KeyError:
        raise KeystoreError(f"{path} is wrapped under a key that UPSTANDER_KEYS does not hold") from None
    except (InvalidTag, IndexError, ValueError):
        raise KeystoreError(f"{path} is damaged, or does not open under its key of UPSTANDER_KEYS") from None


def _write(path: Path, petition: UUID, content: bytes) -> None:
    """Put a file in its place, durable before this returns, and overwrite what was there."""
    ring_key = settings.KEYS.active
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(derive(settings.KEYS.keys[ring_key], PENDING_WRAP))
    wrapped = cipher.encrypt(nonce, content, _context(ring_key, petition, bytes.fromhex(path.stem)))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(bytes([ring_key]) + nonce + wrapped)
            file.flush()
            os.fsync(file.fileno())
        with _overwritten(path):
            draft.replace(path)
        _sync(path.parent)
    except OSError as problem:
        raise KeystoreError(f"{path} cannot be written: {problem.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)


def _destroy(path: Path) -> None:
    try:
        with _overwritten(path):
            path.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as problem:
        raise KeystoreError(f"{path} cannot be deleted: {problem.strerror}") from None


@contextlib.contextmanager
def _overwritten(path: Path) -> Iterator[None]:
    """Take hold of the present content, if there is any, and write zeros over it once its name is gone."""
    try:
        old = path.open("r+b")
    except FileNotFoundError:
        yield
        return
    with old:
        yield
        old.write(bytes(os.fstat(old.fileno()).st_size))
        old.flush()
        os.fsync(old.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _context(ring_key: int, petition: UUID, window: bytes) -> bytes:
    return bytes([ring_key]) + petition.bytes + window
