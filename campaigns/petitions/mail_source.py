"""The mails that signatures wait for, as a source for the mailer.

Mail goes to a mailbox, not to a name: one mail covers everybody who waits there, and a mailbox gets at most five in a
petition. The rules of the numbers stand in `campaigns.petitions.mail_claims`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.db.models.functions import Least, Now

from campaigns import mail_references
from campaigns.keystore import secrets_of
from campaigns.mail_letters import Letter, letter
from campaigns.mailing import Queue
from campaigns.petitions import mail_claims
from campaigns.petitions.confirm_mail import words
from campaigns.petitions.mailed_codes import code_of
from campaigns.petitions.petitions import Petition, Stage
from campaigns.petitions.safe_mode import open_address
from campaigns.petitions.signatures import MailboxMail, State
from campaigns.sealing import Place, unseal
from reports.editorial.publishing import READ_ONLY
from reports.editorial.publishing import State as Publishing

LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Claim:
    """A mail to a mailbox, taken until `lease`, and the row whose address and link it gets.

    The fields stand in the order of the statements' columns.
    """

    petition: Petition
    email_key: bytes = field(repr=False)
    no: int
    lease: datetime
    tries: int
    signature_id: int | None
    name_key: bytes = field(repr=False)
    seed: bytes = field(repr=False)
    blob: bytes = field(repr=False)
    lang: str
    state: int
    code_only: bool
    reminder: bool


class ConfirmMails:
    """Mails that ask the owner of a mailbox to confirm; a `campaigns.mailing.MailSource`."""

    def __init__(self, lease: timedelta = LEASE) -> None:
        self._lease = lease

    def due(self) -> bool:
        """See `MailSource`."""
        return bool(_rows(mail_claims.DUE)[0][0])

    def claim(self, limit: int) -> Sequence[Claim]:
        """First what waits for another try, then new posts and requests, then reminders, each oldest first."""
        _rows(mail_claims.TAKE_REQUESTS, limit=limit)
        rows = _rows(mail_claims.TAKE_AGAIN, limit=limit, lease=self._lease)
        if len(rows) < limit:
            rows += _rows(mail_claims.TAKE_NEW, limit=limit - len(rows), lease=self._lease)
        if len(rows) < limit:
            rows += self._reminders(limit - len(rows))
        petitions = (
            Petition.objects.select_related("campaign").prefetch_related("texts").in_bulk({row[0] for row in rows})
        )
        claims = [Claim(petitions[row[0]], *row[1:]) for row in rows]
        for claim in claims:
            if not _wanted(claim):
                _ours(claim).delete()
        return [claim for claim in claims if _wanted(claim)]

    def _reminders(self, limit: int) -> list[tuple[Any, ...]]:
        """Which petitions remind is asked only when a reminder is due: mostly none is."""
        if not _rows(mail_claims.REMINDER_DUE)[0][0]:
            return []
        reminding = [petition.pk for petition in Petition.objects.stood_by() if _reminds(petition)]
        return _rows(mail_claims.TAKE_REMINDERS, limit=limit, lease=self._lease, reminding=reminding)

    def write(self, claim: Claim) -> Letter:
        """The mail, in the signer's language, holding nothing that the signer typed.

        Raises KeystoreError or CannotOpen, where the address cannot be read.
        """
        secrets = secrets_of(claim.petition.uuid)
        place = Place(claim.petition.uuid, claim.email_key, claim.name_key)
        assert claim.signature_id is not None
        code = code_of(claim.petition.uuid, claim.email_key, claim.seed, claim.no)
        row = (State(claim.state), claim.lang, claim.signature_id, claim.seed)
        on_request = claim.no == mail_claims.NO_ON_REQUEST
        code_only = claim.code_only and not on_request
        said = words(claim.petition, *row, code, code_only=code_only, reminder=claim.reminder)
        safe_mode = claim.petition.safe_mode
        opened = open_address(place, claim.blob) if safe_mode else unseal(secrets.seal, place, claim.blob)
        return letter(
            said,
            to=opened["email"],
            reference=mail_references.make(secrets.message_id, claim.petition.uuid, claim.email_key, claim.no),
            unasked=not on_request,
            can_wait=not safe_mode,
        )

    def mark_sending(self, claim: Claim) -> bool:
        """See `MailSource`. A mailbox's first mail that asks to confirm is what a reminder may follow."""
        first = claim.no == 1 and claim.state == State.PENDING
        after = mail_claims.REMIND_AFTER if first else None
        return bool(_rows(mail_claims.SENDING, **_keys([claim]), after=after))

    def mark_sent(self, claims: Sequence[Claim]) -> None:
        """See `MailSource`."""
        _rows(mail_claims.SENT, **_keys(claims))

    def refuse(self, claim: Claim) -> None:
        """No post causes another mail to this mailbox in this petition."""
        _ours(claim).update(refused_at=Now())

    def retry_later(self, claim: Claim, delay: timedelta) -> None:
        """See `MailSource`."""
        later = {"due_at": Now() + delay, "tries": Least(F("tries") + 1, 1000)}
        _ours(claim).update(sending_at=None, remind_at=None, **later)

    def put_off(self, claim: Claim, delay: timedelta) -> None:
        """See `MailSource`."""
        _ours(claim).update(sending_at=None, remind_at=None, due_at=Now() + delay)

    def queue(self) -> Queue:
        """See `MailSource`; repeats that wait for their two minutes are not counted."""
        length, oldest = _rows(mail_claims.QUEUE)[0]
        return Queue(length, oldest)


def request_mail(petition_id: int, email_key: bytes, signature_id: int) -> bool:
    """Ask for the mail that no post can use up, on behalf of somebody who has proven the mailbox.

    False if it was asked for before.
    """
    mail = MailboxMail(
        petition_id=petition_id, email_key=email_key, no=mail_claims.NO_ON_REQUEST, signature_id=signature_id
    )
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _wanted(claim: Claim) -> bool:
    """Not if everybody in the mailbox has withdrawn or expired since, nor to ask for what cannot be confirmed any more,
    because the petition was taken off the site; a reminder only if there still is a reason."""
    waits = claim.state == State.PENDING
    if claim.signature_id is None or (waits and _is_gone(claim.petition)):
        return False
    return not claim.reminder or (waits and _reminds(claim.petition))


def _is_gone(petition: Petition) -> bool:
    return Publishing.REMOVED in (petition.state, petition.campaign.state)


def _reminds(petition: Petition) -> bool:
    return petition.reminders and petition.state not in READ_ONLY and petition.stage_now == Stage.OPEN


def _ours(claim: Claim) -> models.QuerySet[MailboxMail]:
    """The mail, unless somebody took it again since: that moves `due_at`."""
    return MailboxMail.objects.filter(
        petition_id=claim.petition.pk, email_key=claim.email_key, no=claim.no, due_at=claim.lease
    )


def _keys(claims: Sequence[Claim]) -> dict[str, list[Any]]:
    """What `OURS` asks for."""
    return {
        "petitions": [claim.petition.pk for claim in claims],
        "email_keys": [claim.email_key for claim in claims],
        "nos": [claim.no for claim in claims],
        "leases": [claim.lease for claim in claims],
    }


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
