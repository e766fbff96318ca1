"""How a mailbox and a person in it are found again without storing who they are.

    email_key = HMAC-SHA256(email key of the petition, canonical address)[:16]
    name_key  = HMAC-SHA256(name key of the petition, email_key ‖ the name's letters and digits)[:8]

Both keys come from the petition's index secret: another petition gives other digests, and without it they are noise.
"""

from __future__ import annotations

import hmac
import unicodedata

from campaigns.keystore import PetitionSecrets

# Points of Hebrew, Arabic and Syriac (Unicode canonical combining classes): written or left out as one likes.
_OPTIONAL_POINTS = range(10, 37)


def email_key(secrets: PetitionSecrets, canonical: str) -> bytes:
    """Sixteen bytes for a mailbox."""
    return hmac.digest(secrets.email, canonical.encode(), "sha256")[:16]


def name_key(secrets: PetitionSecrets, mailbox: bytes, name: str) -> bytes:
    """Eight bytes for a person in a mailbox."""
    return hmac.digest(secrets.name, mailbox + letters_and_digits(name).encode(), "sha256")[:8]


def letters_and_digits(name: str) -> str:
    """What makes two spellings the same person: NFKC, case folded, without spaces and signs.

    Marks that spell belong to their letters (vowel signs of India, tones of Vietnam); points that Hebrew, Arabic and
    Syriac may leave out do not.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(char for char in folded if char.isalnum() or _spells(char))


def _spells(char: str) -> bool:
    return unicodedata.category(char).startswith("M") and unicodedata.combining(char) not in _OPTIONAL_POINTS
