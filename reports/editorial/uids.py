"""Short public identities: never reused, easy to read out.

Source: Crockford's base 32, https://www.crockford.com/base32.html
"""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 10
_FOLD = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None})


def new_uid() -> str:
    """Fifty random bits in ten characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalise_uid(text: str) -> str | None:
    """What somebody typed or copied as a uid: capital letters, hyphens and O, I, L are folded; None if it is none."""
    folded = text.strip().lower().translate(_FOLD)
    return folded if len(folded) == LENGTH and set(folded) <= set(ALPHABET) else None
