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

from campaigns.keystore import secrets_of
from campaigns.mail_letters import Letter, letter, message_id
from campaigns.mailing import Queue
from campaigns.petitions import mail_claims
from campaigns.petitions.confirm_mail import words
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import MailboxMail, State
from campaigns.sealing import Place, unseal

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


class ConfirmMails:
    """Mails that ask the owner of a mailbox to confirm; a `campaigns.mailing.MailSource`."""

    def __init__(self, lease: timedelta = LEASE) -> None:
        self._lease = lease

    def due(self) -> bool:
        """See `MailSource`."""
        return bool(_rows(mail_claims.DUE)[0][0])

    def claim(self, limit: int) -> Sequence[Claim]:
        """First what waits for another try, then new posts, each oldest first."""
        again = _rows(mail_claims.TAKE_AGAIN, limit=limit, lease=self._lease)
        fresh = _rows(mail_claims.TAKE_NEW, limit=limit - len(again), lease=self._lease) if len(again) < limit else []
        petitions = Petition.objects.prefetch_related("texts").in_bulk({row[0] for row in again + fresh})
        claims = [Claim(petitions[row[0]], *row[1:]) for row in again + fresh]
        for claim in claims:
            if claim.signature_id is None:  # everybody in the mailbox has withdrawn or expired since
                _ours(claim).delete()
        return [claim for claim in claims if claim.signature_id is not None]

    def write(self, claim: Claim) -> Letter:
        """The mail, in the signer's language, holding nothing that the signer typed.

        Raises KeystoreError or CannotOpen, where the address cannot be read.
        """
        secrets = secrets_of(claim.petition.uuid)
        place = Place(claim.petition.uuid, claim.email_key, claim.name_key)
        assert claim.signature_id is not None
        said = words(claim.petition, State(claim.state), claim.lang, claim.signature_id, claim.seed)
        return letter(
            said,
            to=unseal(secrets.seal, place, claim.blob)["email"],
            message_id=message_id(secrets.message_id, claim.petition.uuid.bytes, claim.email_key, bytes([claim.no])),
        )

    def mark_sending(self, claim: Claim) -> bool:
        """See `MailSource`."""
        return _ours(claim).filter(sending_at=None).update(sending_at=Now()) == 1

    def mark_sent(self, claim: Claim) -> None:
        """See `MailSource`."""
        _ours(claim).update(sent_at=Now())

    def refuse(self, claim: Claim) -> None:
        """No post causes another mail to this mailbox in this petition."""
        _ours(claim).update(refused_at=Now())

    def retry_later(self, claim: Claim, delay: timedelta) -> None:
        """See `MailSource`."""
        _ours(claim).update(sending_at=None, due_at=Now() + delay, tries=Least(F("tries") + 1, 1000))

    def release(self, claims: Sequence[Claim]) -> None:
        """See `MailSource`."""
        for claim in claims:
            _ours(claim).update(sending_at=None, due_at=Now())

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


def _ours(claim: Claim) -> models.QuerySet[MailboxMail]:
    """The mail, unless somebody took it again since: that moves `due_at`."""
    return MailboxMail.objects.filter(
        petition_id=claim.petition.pk, email_key=claim.email_key, no=claim.no, due_at=claim.lease
    )


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
