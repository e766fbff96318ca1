"""The mails that pledges wait for, as a source for the mailer; a mailbox has one row, and the row is its queue.

A claim moves `mail_due_at` to the end of its lease, which also names it: whoever took the row before has lost it. Right
before the content goes out the row stops being due, its number of mails grows and its link begins to count: from there
on the mail is taken for sent. What was not taken after all goes back, with the same number and so the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Min, QuerySet
from django.db.models.functions import Least, Now

from campaigns import mail_references
from campaigns.demonstrations.confirm_mail import words
from campaigns.demonstrations.demonstration_reading import demonstration_by_id
from campaigns.demonstrations.own_pledge import content_of
from campaigns.demonstrations.pledges import LINK_LIFE, MAILS_PER_PLEDGE, Pledge
from campaigns.demonstrations.pledging import OPEN
from campaigns.keystore import secrets_of
from campaigns.mail_letters import Letter, letter
from campaigns.mailing import Queue

LEASE = timedelta(minutes=5)

# Nobody holds a row's lock while mail is sent (PostgreSQL manual, SELECT, "The Locking Clause"). Where people cannot
# announce themselves any more, the mail is not sent: its link would lead nowhere.
TAKE = f"""
WITH due AS (
    SELECT p.id, p.mail_due_at AS since, {OPEN} AS open
    FROM pledge p JOIN demonstration d ON d.id = p.demonstration_id
    WHERE p.mail_due_at <= now() ORDER BY p.mail_due_at LIMIT %(limit)s FOR UPDATE OF p SKIP LOCKED
), taken AS (
    UPDATE pledge p SET mail_lease = clock_timestamp() + %(lease)s,
        mail_due_at = CASE WHEN due.open AND p.mails < {MAILS_PER_PLEDGE} THEN now() + %(lease)s END
    FROM due WHERE p.id = due.id RETURNING p.id, p.mail_due_at, due.since
)
SELECT id FROM taken WHERE mail_due_at IS NOT NULL ORDER BY since, id
"""  # noqa: S608


@dataclass(frozen=True)
class Claim:
    """A mail for one pledge, taken until `lease`; `no` is its number in the mailbox."""

    pledge: Pledge = field(repr=False)
    lease: datetime
    no: int
    tries: int


class PledgeMails:
    """Mails that ask whoever announced themselves to confirm; a `campaigns.mailing.MailSource`."""

    def __init__(self, lease: timedelta = LEASE) -> None:
        self._lease = lease

    def due(self) -> bool:
        """See `MailSource`."""
        return Pledge.objects.filter(mail_due_at__lte=Now()).exists()

    def claim(self, limit: int) -> Sequence[Claim]:
        """Oldest first."""
        values: dict[str, Any] = {"limit": limit, "lease": self._lease}
        with connection.cursor() as cursor:
            cursor.execute(TAKE, values)
            ids = [pk for (pk,) in cursor.fetchall()]
        found = Pledge.objects.select_related("demonstration").in_bulk(ids)
        return [_claim(found[pk]) for pk in ids if pk in found]

    def write(self, claim: Claim) -> Letter:
        """The mail, in the language of the page that it came from.

        Raises KeystoreError or CannotOpen where the address cannot be read, and LookupError where the demonstration
        was taken off the site a moment ago.
        """
        pledge = claim.pledge
        known = pledge.lang in dict(settings.LANGUAGES)
        lang = pledge.lang if known else pledge.demonstration.original_lang
        demonstration = demonstration_by_id(pledge.demonstration_id, lang)
        if demonstration is None:
            raise LookupError(f"demonstration {pledge.demonstration_id} is not public")
        key = secrets_of(demonstration.uuid).message_id
        return letter(
            words(demonstration, pledge),
            to=content_of(pledge)["email"],
            reference=mail_references.make(key, demonstration.uuid, bytes(pledge.owner_key), claim.no),
        )

    def mark_sending(self, claim: Claim) -> bool:
        """See `MailSource`. From now on the link counts."""
        waiting = _ours(claim).filter(mail_due_at__isnull=False, mails=claim.no - 1)
        return waiting.update(mail_due_at=None, mails=claim.no, link_until=Now() + LINK_LIFE) == 1

    def mark_sent(self, claims: Sequence[Claim]) -> None:
        """See `MailSource`. They count as sent already."""

    def refuse(self, claim: Claim) -> None:
        """No further mail to this mailbox for this demonstration."""
        _ours(claim).update(mail_due_at=None, mails=MAILS_PER_PLEDGE)

    def retry_later(self, claim: Claim, delay: timedelta) -> None:
        """See `MailSource`."""
        tries = Least(F("mail_tries") + 1, 1000)
        _ours(claim).update(mail_due_at=Now() + delay, mail_tries=tries, **_as_before(claim))

    def put_off(self, claim: Claim, delay: timedelta) -> None:
        """See `MailSource`."""
        _ours(claim).update(mail_due_at=Now() + delay, **_as_before(claim))

    def queue(self) -> Queue:
        """See `MailSource`; repeats that wait for their two minutes are not counted."""
        found: dict[str, Any] = Pledge.objects.filter(mail_due_at__lte=Now()).aggregate(
            length=Count("pk"), oldest=Min("mail_due_at")
        )
        return Queue(found["length"], found["oldest"])


def _claim(pledge: Pledge) -> Claim:
    assert pledge.mail_lease is not None, "just taken"
    return Claim(pledge, pledge.mail_lease, pledge.mails + 1, pledge.mail_tries)


def _ours(claim: Claim) -> QuerySet[Pledge]:
    """The pledge, unless somebody took its mail again since: that moves `mail_lease`."""
    return Pledge.objects.filter(pk=claim.pledge.pk, mail_lease=claim.lease)


def _as_before(claim: Claim) -> dict[str, Any]:
    """What sending would have changed."""
    return {"mails": claim.no - 1, "link_until": claim.pledge.link_until}
