"""What a mail is called outside: in its Message-ID and, where bounces come back to us, in its return path.

    reference = base32(AES-SIV(key, mailbox[16] ‖ no[1]; label, uuid of petition or demonstration)), 53 small characters

The same mail has the same reference at every try, and nobody without the index secret of its petition can tell or make
one: mail servers write it into their logs, beside the address. With the secret it leads back to the mailbox, so a
bounce is understood without a table of mails sent, and once the secret is destroyed it is noise. Source: RFC 5297.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

LABEL = b"upstander/v1/mail-reference"
MAILBOX_BYTES = 16
LENGTH = 53
_SHAPE = re.compile(rf"(?<![a-z2-7])[a-z2-7]{{{LENGTH}}}(?![a-z2-7])")
MOST_IN_A_TEXT = 20


def make(key: bytes, about: UUID, mailbox: bytes, no: int) -> str:
    """The reference of mail number `no` to a mailbox; `key` is the petition's (`PetitionSecrets.message_id`)."""
    sealed = AESSIV(key).encrypt(mailbox + bytes([no]), [LABEL, about.bytes])
    return base64.b32encode(sealed).decode("ascii").rstrip("=").lower()


def opened(key: bytes, about: UUID, reference: str) -> tuple[bytes, int] | None:
    """The mailbox and the number, if the reference was made with this key for this petition; else None."""
    try:
        sealed = base64.b32decode(f"{reference.upper()}===")
        plain = AESSIV(key).decrypt(sealed, [LABEL, about.bytes])
    except (InvalidTag, ValueError, binascii.Error):
        return None
    return plain[:MAILBOX_BYTES], plain[MAILBOX_BYTES]


def found_in(text: str) -> Iterator[str]:
    """Whatever looks like a reference in a text of any origin, each once, no more than twenty."""
    seen: set[str] = set()
    for match in _SHAPE.finditer(text.lower()):
        if match[0] not in seen:
            seen.add(match[0])
            yield match[0]
        if len(seen) == MOST_IN_A_TEXT:
            return
