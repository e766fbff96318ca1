"""Safe mode: signing where it is dangerous to be known as a signer.

No name is asked, so one person signs with a mailbox: every row has the same name key, and the unique key of a person
(petition, mailbox, name key) is what refuses a second one. The address is sealed under a key of the row's own that
lives outside the database (see `campaigns.pending_keys`). It is opened for one purpose, to send the mail, and is gone
once it is confirmed: the statement that confirms blanks the blob, a rule of the table refuses a confirmed row that
still has one, and within minutes the key is destroyed, so that what PostgreSQL keeps of the old row opens never again.

    blob = 0[1] ‖ window[8] ‖ number[4] ‖ nonce[12] ‖ ciphertext and tag, bound to its place as in `campaigns.sealing`
"""

from __future__ import annotations

import logging
import unicodedata
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.crypto import get_random_string

from campaigns import pending_keys
from campaigns.keystore_files import KeystoreError
from campaigns.pending_keys import WINDOW_BYTES
from campaigns.sealing import CannotOpen, Place, seal_once, unseal_once

log = logging.getLogger("upstander.petitions")

SAFE_NAME_KEY: Final = bytes(8)
"""Stands where other petitions have a digest of the name: in safe mode everybody in a mailbox is the same person."""
PENDING_LIFE: Final = timedelta(hours=24)
VERSION: Final = b"\0"  # of the blob; where the petition's own secret seals, it is 1 to 255
_HEAD: Final = len(VERSION) + WINDOW_BYTES + 4
_CLEAR: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # no two signs look alike

WAITING = """
SELECT DISTINCT substring(blob FROM 2 FOR 8), get_byte(blob, 9) * 16777216::bigint + get_byte(blob, 10) * 65536
       + get_byte(blob, 11) * 256 + get_byte(blob, 12)
FROM signature s JOIN petition p ON p.id = s.petition_id
WHERE p.uuid = %s AND s.state = 0 AND s.name_key = %s AND octet_length(s.blob) > 13
  AND s.created_at > %s
"""


def seal_address(place: Place, content: dict[str, Any]) -> bytes:
    """Seal what was typed until it is confirmed. Raises KeystoreError."""
    pending = pending_keys.issue(place.petition)
    head = VERSION + pending.window + pending.number.to_bytes(4, "big")
    return head + seal_once(pending.key, place, content)


def open_address(place: Place, blob: bytes) -> dict[str, Any]:
    """What was typed, while its row waits. Raises CannotOpen once it is erased, and KeystoreError."""
    window, number = blob[1 : 1 + WINDOW_BYTES], int.from_bytes(blob[1 + WINDOW_BYTES : _HEAD], "big")
    try:
        key = pending_keys.key_of(place.petition, window, number)
    except pending_keys.KeyGone:
        raise CannotOpen("the key of a waiting signature is gone") from None
    return unseal_once(key, place, blob[_HEAD:])


def forget_addresses(now: datetime) -> None:
    """Destroy the keys of all who wait no more: confirmed, withdrawn, or a day old. Called by the clock each minute.

    Raises KeystoreError after every petition had its turn.
    """
    problems: list[KeystoreError] = []
    for petition in pending_keys.petitions_with_keys():
        try:
            pending_keys.keep_only(petition, _waiting(petition, now), now)
        except KeystoreError as problem:
            log.error("addresses of a petition in safe mode cannot be forgotten: %s", problem)
            problems.append(problem)
    if problems:
        raise problems[0]


def _waiting(petition: UUID, now: datetime) -> set[tuple[bytes, int]]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [petition, SAFE_NAME_KEY, now - PENDING_LIFE])
        return {(bytes(window), int(number)) for window, number in cursor.fetchall()}


def neutral_slug() -> str:
    """A random address that says nothing."""
    return get_random_string(8, _CLEAR)


def names_the_cause(slug: str, title: str) -> bool:
    """Whether a part of the address stands in the title: what is in the address is in the browser's history."""
    folded = _folded(title)
    return any(part in folded for part in _folded(slug).split("-") if len(part) > 2 or not part.isascii())


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char))
