"""What somebody without an address keeps to change or withdraw a pledge: a code, told once and stored nowhere.

    code = number of the demonstration in base 32, at least 4 characters ‖ 12 random characters (60 bits)

in Crockford's base 32 (https://www.crockford.com/base32.html), in groups of four. People copy it by hand: case, spaces
and hyphens do not matter, O reads as 0, I and L as 1, and digits of any script are digits.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, field

from reports.editorial.uids import ALPHABET

SECRET_LENGTH = 12
NUMBER_LENGTH = 4
LONGEST_NUMBER = 7  # holds every positive 32-bit number
GROUP = 4
LONGEST_TYPED = 60
_FOLD = str.maketrans("oil", "011")


@dataclass(frozen=True, slots=True)
class Code:
    """A code, read or new."""

    demonstration_id: int
    secret: str = field(repr=False)

    @property
    def shown(self) -> str:
        """As it is told to its owner."""
        text = (_base32(self.demonstration_id).rjust(NUMBER_LENGTH, ALPHABET[0]) + self.secret).upper()
        first = len(text) % GROUP
        groups = [text[:first]] if first else []
        return "-".join(groups + [text[start : start + GROUP] for start in range(first, len(text), GROUP)])


def new_code(demonstration_id: int) -> Code:
    """Sixty random bits for a pledge of this demonstration."""
    return Code(demonstration_id, "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH)))


def parse_code(typed: str) -> Code | None:
    """The code that somebody typed; None if it cannot be one."""
    text = "".join(_letters(typed[:LONGEST_TYPED])).translate(_FOLD)
    number, secret = text[:-SECRET_LENGTH], text[-SECRET_LENGTH:]
    if not NUMBER_LENGTH <= len(number) <= LONGEST_NUMBER or not set(text) <= set(ALPHABET):
        return None
    demonstration_id = int(number.translate(_TO_PYTHON), 32)
    return Code(demonstration_id, secret) if 0 < demonstration_id < 2**31 else None


def _letters(typed: str) -> list[str]:
    """What was typed in small letters, without spaces and hyphens, digits of any script as Latin ones."""
    kept = [char for char in unicodedata.normalize("NFKC", typed).lower() if not _separates(char)]
    return [str(unicodedata.decimal(char, char)) for char in kept]


def _separates(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Pd", "Cf"}


def _base32(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 32)
        digits = ALPHABET[digit] + digits
    return digits


# Python's own base 32 counts on with a to v; Crockford's leaves out i, l, o and u.
_TO_PYTHON = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
