"""A typing mistake in the domain of an e-mail address: what was probably meant.

Only a question to whoever typed it, never a reason to refuse: a domain that looks odd may well exist. Nothing is looked
up anywhere. The page's script asks the same before the form is sent, from the same two lists (`as_json`).
"""

from __future__ import annotations

import json
from typing import Final

# Large providers that somebody may mistype, none so short that an honest domain is one letter away by chance.
OFTEN_MEANT: Final = (
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "outlook.es", "hotmail.com", "hotmail.fr",
    "hotmail.es", "hotmail.nl", "hotmail.co.uk", "yahoo.com", "yahoo.fr", "yahoo.es", "yahoo.co.uk", "icloud.com",
    "proton.me", "protonmail.com", "posteo.de", "mailbox.org", "riseup.net", "tutanota.com", "fastmail.com",
    "orange.fr", "laposte.net", "wanadoo.fr", "ziggo.nl", "kpnmail.nl", "telenet.be", "skynet.be", "freenet.de",
    "t-online.de", "libero.it", "yandex.ru", "telefonica.net",
)  # fmt: skip
# Real domains that look like a mistake in one of those.
NOT_MISTAKEN: Final = frozenset({"mail.com", "email.com", "ymail.com", "hotmail.de", "hotmail.be", "hotmail.it",
    "yahoo.de", "yahoo.it", "yahoo.ca", "yahoo.in", "outlook.de", "outlook.be", "outlook.it", "posteo.net", "posteo.eu",
    "yandex.com", "yandex.by", "yandex.kz", "orange.net", "skynet.com", "mailbox.com", "fastmail.fm"})  # fmt: skip


def suggestion(typed: str) -> str | None:
    """The address that was probably meant, if its domain is one slip of the finger away from a large provider's.

    None where the domain is a known one, or where more than one provider may be meant.
    """
    local, at, domain = typed.strip().rpartition("@")
    domain = domain.lower()
    if not at or not local or domain in OFTEN_MEANT or domain in NOT_MISTAKEN:
        return None
    near = [known for known in OFTEN_MEANT if one_slip(domain, known)]
    return f"{local}@{near[0]}" if len(near) == 1 else None


def one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many, wrong, or changed places with its neighbour (Damerau, 1964)."""
    short, long = sorted((typed, meant), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(long) == len(short) + 1:
        return short[start:] == long[start + 1 :]
    if len(long) != len(short) or start == len(short):
        return False
    swapped = short[start : start + 2] == long[start : start + 2][::-1]
    return short[start + 1 :] == long[start + 1 :] or (swapped and short[start + 2 :] == long[start + 2 :])


def as_json() -> str:
    """Both lists, for the script of the form."""
    return _AS_JSON


_AS_JSON: Final = json.dumps({"meant": OFTEN_MEANT, "real": sorted(NOT_MISTAKEN)}, separators=(",", ":"))
