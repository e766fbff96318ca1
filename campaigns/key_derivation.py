"""Every label under which a key is derived: one per purpose, listed here and nowhere else.

HKDF-SHA256 (RFC 5869) without salt: the input is always 32 random bytes, so extraction needs none. A label is the
`info`; two labels give two keys that tell nothing about each other, and nothing about the secret they come from.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32

# From a key of the ring UPSTANDER_KEYS.
WRAP = b"upstander/v1/wrap"  # wraps a petition's secrets in their file
PENDING_WRAP = b"upstander/v1/pending-wrap"  # wraps the keys of what waits to be confirmed, in safe mode

# From a petition's seal secret.
DATA = b"upstander/v1/data"  # seals personal data; a version byte follows
SALT = b"upstander/v1/salt"  # salts the commitments in the public log
EXTERNAL_ID = b"upstander/v1/external-id"  # names a signature to the outside without telling its row id

# From a petition's index secret.
EMAIL_KEY = b"upstander/v1/email-key"  # finds the mailbox
NAME_KEY = b"upstander/v1/name-key"  # finds the person in a mailbox
MESSAGE_ID = b"upstander/v1/message-id"  # names a mail, the same at every try

# From UPSTANDER_SUPPRESSION_KEY.
SUPPRESSED = b"upstander/v1/suppressed"  # finds a mailbox that gets no more mail
NO_MORE_MAIL = b"upstander/v1/no-more-mail"  # seals the link that every mail has to stop all mail


def derive(secret: bytes, label: bytes) -> bytes:
    """The 32-byte key of one purpose."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label).derive(secret)


def data_key(seal_secret: bytes, version: int) -> bytes:
    """The key that seals personal data under one version (1 to 255); see `campaigns.sealing`."""
    return derive(seal_secret, DATA + bytes([version]))
