"""Codes that people copy by hand: Crockford's base 32, read kindly. Source: https://www.crockford.com/base32.html

Case, spaces and hyphens do not matter, O reads as 0, I and L as 1, and digits of any script are digits.
"""

from __future__ import annotations

import unicodedata

from reports.editorial.uids import ALPHABET

GROUP = 4
LONGEST_TYPED = 60
_FOLD = str.maketrans("oil", "011")
# Python's own base 32 counts on with a to v; Crockford's leaves out i, l, o and u.
_TO_PYTHON = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")


def folded(typed: str) -> str | None:
    """What was typed in characters of the alphabet, in small letters; None if it holds anything else or nothing."""
    text = "".join(_letters(typed[:LONGEST_TYPED])).translate(_FOLD)
    return text if text and set(text) <= set(ALPHABET) else None


def number_of(text: str) -> int:
    """The number that folded characters stand for."""
    return int(text.translate(_TO_PYTHON), 32)


def base32(number: int, length: int) -> str:
    """A number in at least so many characters."""
    digits = ""
    while number:
        number, digit = divmod(number, 32)
        digits = ALPHABET[digit] + digits
    return digits.rjust(length, ALPHABET[0])


def in_groups(text: str) -> str:
    """As a code is told: capital letters in groups of four, the first one shorter where it does not come out even."""
    first = len(text) % GROUP
    groups = [text[:first]] if first else []
    return "-".join(groups + [text[start : start + GROUP] for start in range(first, len(text), GROUP)]).upper()


def _letters(typed: str) -> list[str]:
    """What was typed in small letters, without spaces and hyphens, digits of any script as Latin ones."""
    kept = [char for char in unicodedata.normalize("NFKC", typed).lower() if not _separates(char)]
    return [str(unicodedata.decimal(char, char)) for char in kept]


def _separates(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Pd", "Cf"}
