"""Mails of signatures that came back or were called spam: the mailbox gets no more of them in this petition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models.functions import Coalesce, Now

from campaigns import mail_references
from campaigns.addresses import AddressError, canonical
from campaigns.bounce_reports import Kind, Report
from campaigns.keystore import KeystoreError, PetitionSecrets, secrets_of
from campaigns.petitions import digests
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import MailboxMail, Signature
from campaigns.sealing import CannotOpen, Place, unseal


def take_returned(reference: str, report: Report) -> Sequence[str] | None:
    """Flag the mailbox behind a reference; see `campaigns.bounces.Take`."""
    found = _mailbox_behind(reference)
    if found is None:
        return None
    petition, secrets, mailbox, no = found
    mails = MailboxMail.objects.filter(petition_id=petition.pk, email_key=mailbox)
    if report.kind != Kind.OTHER:
        mails.update(remind_at=None)
        mails.filter(no=no).update(refused_at=Coalesce("refused_at", Now()))
    addresses = {*report.addresses, *_typed_there(petition, secrets, mailbox)}
    return [address for address in addresses if _is_of(address, petition, secrets, mailbox)]


def _mailbox_behind(reference: str) -> tuple[Petition, PetitionSecrets, bytes, int] | None:
    """Asks every petition in turn, newest first: reports are few, and a reference does not tell whose it is."""
    for petition in Petition.objects.exclude(opened_at=None).order_by("-pk"):
        try:
            secrets = secrets_of(petition.uuid)
            opened = mail_references.opened(secrets.message_id, petition.uuid, reference)
        except KeystoreError:  # erased since: its mails lead nowhere
            continue
        if opened is not None:
            return petition, secrets, *opened
    return None


def _typed_there(petition: Petition, secrets: PetitionSecrets, mailbox: bytes) -> Iterator[str]:
    rows = Signature.objects.filter(petition_id=petition.pk, email_key=mailbox, blob__isnull=False)
    for row in rows if not petition.safe_mode else ():
        personal = row.personal
        try:
            yield unseal(secrets.seal, Place(petition.uuid, mailbox, personal.name_key), personal.blob)["email"]
        except CannotOpen:
            continue


def _is_of(address: str, petition: Petition, secrets: PetitionSecrets, mailbox: bytes) -> bool:
    """Whether an address is this mailbox's: what a report claims is believed only if the digest agrees."""
    try:
        return digests.email_key(secrets, canonical(address, petition.alias_domains)) == mailbox
    except AddressError:
        return False
