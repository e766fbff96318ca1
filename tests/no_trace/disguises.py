"""The ways in which a word may lie about: as it is, in other encodings, in hexadecimal, in base64."""

from __future__ import annotations

import base64


def disguises(word: str) -> list[bytes]:
    """The word in UTF-8 and UTF-16, each also as hexadecimal digits and in base64 at any offset."""
    forms: set[bytes] = set()
    for text in {word, word.capitalize(), word.upper()}:
        for plain in (text.encode(), text.encode("utf-16-le")):
            forms |= {plain, plain.hex().encode(), plain.hex().upper().encode(), *_base64(plain)}
    return sorted(forms)


def _base64(plain: bytes) -> set[bytes]:
    """What stays the same of it, whatever stands before and after."""
    found = set()
    for before in range(3):
        coded = base64.b64encode(bytes(before) + plain)
        first = -(-before * 4 // 3) + (1 if before else 0)
        whole = (before + len(plain)) * 4 // 3
        found |= {coded[first:whole], coded[first:whole].translate(bytes.maketrans(b"+/", b"-_"))}
    return found
