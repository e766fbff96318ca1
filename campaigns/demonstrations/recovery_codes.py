"""What somebody without an address keeps to change or withdraw a pledge: a code, told once and stored nowhere.

    code = number of the demonstration in base 32, at least 4 characters ‖ 12 random characters (60 bits)

in Crockford's base 32, in groups of four; see `campaigns.typed_codes`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from campaigns.typed_codes import base32, folded, in_groups, number_of
from reports.editorial.uids import ALPHABET

SECRET_LENGTH = 12
NUMBER_LENGTH = 4
LONGEST_NUMBER = 7  # holds every positive 32-bit number


@dataclass(frozen=True, slots=True)
class Code:
    """A code, read or new."""

    demonstration_id: int
    secret: str = field(repr=False)

    @property
    def shown(self) -> str:
        """As it is told to its owner."""
        return in_groups(base32(self.demonstration_id, NUMBER_LENGTH) + self.secret)


def new_code(demonstration_id: int) -> Code:
    """Sixty random bits for a pledge of this demonstration."""
    return Code(demonstration_id, "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH)))


def parse_code(typed: str) -> Code | None:
    """The code that somebody typed; None if it cannot be one."""
    text = folded(typed) or ""
    number, secret = text[:-SECRET_LENGTH], text[-SECRET_LENGTH:]
    if not NUMBER_LENGTH <= len(number) <= LONGEST_NUMBER:
        return None
    demonstration_id = number_of(number)
    return Code(demonstration_id, secret) if 0 < demonstration_id < 2**31 else None
