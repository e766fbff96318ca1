"""Mailboxes that get no more mail from this site, kept without saying whose they are.

    digest = HMAC-SHA256(key derived from UPSTANDER_SUPPRESSION_KEY, canonical address)[:16]
    token  = base64url(AES-SIV(another key derived from it, digest)), 43 characters (RFC 5297)

Every mail carries a token of its mailbox. It is the mailbox's own, needs no signature to exist any more, and is the
only way in and out: whoever types an address into a form can neither stop its mail nor start it again, and is told
nothing.
"""

from __future__ import annotations

import base64
import binascii
import enum
import hmac
import re
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Length, Now

from campaigns.addresses import DEFAULT_ALIASES, canonical
from campaigns.key_derivation import NO_MORE_MAIL, SUPPRESSED, derive

models.BinaryField.register_lookup(Length)

DIGEST_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
# A mailbox that a server says does not exist may be made one day.
BOUNCE_LIFE = timedelta(days=90)


SUPPRESS = """
INSERT INTO suppressed_mailbox AS s (digest, reason, until)
VALUES (%(digest)s, %(reason)s::smallint, %(until)s::timestamptz)
ON CONFLICT (digest) DO UPDATE SET reason = EXCLUDED.reason, until = EXCLUDED.until
WHERE s.until IS NOT NULL OR EXCLUDED.until IS NULL
"""


class Reason(enum.IntEnum):
    """Why a mailbox gets no mail. A bounce ends by itself; what its owner said stays."""

    ASKED = 1
    COMPLAINED = 2
    BOUNCED = 3


class SuppressedMailbox(models.Model):
    """One mailbox. `until` is empty where its owner asked or complained."""

    digest = models.BinaryField(max_length=DIGEST_BYTES, primary_key=True)
    reason = models.SmallIntegerField()
    since = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "suppressed_mailbox"
        constraints = [
            models.CheckConstraint(condition=Q(digest__length=DIGEST_BYTES), name="suppressed_mailbox_digest"),
            models.CheckConstraint(
                condition=Q(reason__in=[reason.value for reason in Reason]), name="suppressed_mailbox_reason"
            ),
        ]

    def __str__(self) -> str:
        return Reason(self.reason).name


def digest_of(address: str) -> bytes:
    """What stands for the mailbox of an address. Raises AddressError where it is none."""
    mailbox = canonical(address, DEFAULT_ALIASES)
    return hmac.digest(derive(settings.SUPPRESSION_KEY, SUPPRESSED), mailbox.encode(), "sha256")[:DIGEST_BYTES]


def is_suppressed(address: str) -> bool:
    """Whether this mailbox gets no mail now."""
    return bool(suppressed({digest_of(address)}))


def suppressed(digests: set[bytes]) -> set[bytes]:
    """Those of these mailboxes that get no mail now."""
    found = SuppressedMailbox.objects.filter(Q(until=None) | Q(until__gt=Now()), digest__in=digests)
    return {bytes(digest) for digest in found.values_list("digest", flat=True)}


def suppress(digest: bytes, reason: Reason, now: datetime) -> None:
    """Send nothing more there. What an owner said is not weakened by a bounce."""
    until = now + BOUNCE_LIFE if reason == Reason.BOUNCED else None
    values: dict[str, Any] = {"digest": digest, "reason": reason.value, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(SUPPRESS, values)


def allow(digest: bytes) -> None:
    """Mail may go there again, as its owner says."""
    SuppressedMailbox.objects.filter(digest=digest).delete()


def forget_old_bounces(now: datetime) -> None:
    """Delete what has ended. For the worker's clock."""
    SuppressedMailbox.objects.filter(until__lte=now).delete()


def token_of(address: str) -> str:
    """The token that proves this mailbox on the page that stops its mail."""
    sealed = AESSIV(derive(settings.SUPPRESSION_KEY, NO_MORE_MAIL)).encrypt(digest_of(address), [NO_MORE_MAIL])
    return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def digest_behind(token: str) -> bytes | None:
    """The mailbox that a token proves; None where it is none of ours."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        sealed = base64.urlsafe_b64decode(f"{token}=")
        return AESSIV(derive(settings.SUPPRESSION_KEY, NO_MORE_MAIL)).decrypt(sealed, [NO_MORE_MAIL])
    except (InvalidTag, binascii.Error):
        return None
