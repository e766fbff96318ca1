"""The code in a mail, for whoever cannot follow its link: typed together with the address, it proves the mailbox too.

    code = Crockford base 32 of HMAC-SHA256(code key, petition uuid[16] ‖ email_key[16] ‖ seed[16] ‖ mail number[1])[:5]

Eight characters, derived and never stored. Forty bits are few, so tries are counted where codes are compared.
"""

from __future__ import annotations

import hmac
from uuid import UUID

from django.conf import settings

from campaigns.typed_codes import base32, folded, in_groups

LENGTH = 8
_BYTES = 5


def code_of(petition: UUID, email_key: bytes, seed: bytes, no: int) -> str:
    """The code of one row in mail `no` to its mailbox, folded: what `read_code` gives for it."""
    digest = hmac.digest(settings.CODE_KEY, petition.bytes + email_key + seed + bytes([no]), "sha256")
    return base32(int.from_bytes(digest[:_BYTES], "big"), LENGTH)


def shown_code(code: str) -> str:
    """As the mail shows it: two groups of four capital letters and digits."""
    return in_groups(code)


def read_code(typed: str) -> str | None:
    """The code that somebody typed, folded; None if it cannot be one."""
    text = folded(typed)
    return text if text is not None and len(text) == LENGTH else None
