"""Rotating the ring: every file of secrets is wrapped anew under the ring's active key; no row of the database changes.

Each file is replaced by itself, so that an interrupted run leaves every file openable, some under the old key and some
under the new one, and the next run goes on. Reading and replacing happen under the keystore's lock: a file that is made
or destroyed at the same moment comes before or after, and what was destroyed stays so. The keys of waiting signatures
(`campaigns.pending_keys`) live a day: they are not wrapped anew, and until they are gone their ring key is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from campaigns import keystore_files as files
from campaigns import pending_keys
from campaigns.keystore_files import KeystoreError


@dataclass(frozen=True, slots=True)
class Rewrapping:
    """What a run did: files wrapped anew, files that were as they should be, one line for each that did not open, and
    the ring's keys under which nothing is wrapped any more (the active one is always needed)."""

    changed: int
    unchanged: int
    problems: tuple[str, ...]
    idle: tuple[int, ...]


def rewrap_keystore() -> Rewrapping:
    """Bring every file under the active key. One that does not open stays as it is. Raises KeystoreError for a keystore
    that cannot be read."""
    changed, problems = [], []
    petitions = files.petitions_kept()
    for petition in petitions:
        try:
            changed.append(rewrap(petition))
        except KeystoreError as problem:
            problems.append(str(problem))
    return Rewrapping(sum(changed), len(changed) - sum(changed), tuple(problems), _idle())


def rewrap(petition: UUID) -> bool:
    """Bring one file under the active key; False if it was. Raises KeystoreError, with the file as it was."""
    with files.writing(petition):
        files.erase_leftovers(petition)
        file = files.read(petition)
        if all(wrapped.ring_key == settings.KEYS.active for wrapped in file.wrapped.values()):
            file.opened()  # under the very key, not only its number
            return False
        files.write(file.rewrapped())
        return True


def _idle() -> tuple[int, ...]:
    used = {settings.KEYS.active} | pending_keys.ring_keys_in_use()
    for petition in files.petitions_kept():
        used |= {wrapped.ring_key for wrapped in files.read(petition).wrapped.values()}
    return tuple(sorted(settings.KEYS.keys.keys() - used))
