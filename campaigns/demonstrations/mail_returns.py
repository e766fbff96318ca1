"""Mails of pledges that came back or were called spam: the mailbox gets no more of them for this demonstration."""

from __future__ import annotations

from collections.abc import Sequence

from campaigns import mail_references
from campaigns.bounce_reports import Kind, Report
from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.own_pledge import content_of
from campaigns.demonstrations.pledges import MAILS_PER_PLEDGE, Pledge
from campaigns.keystore import KeystoreError, secrets_of
from campaigns.sealing import CannotOpen


def take_returned(reference: str, report: Report) -> Sequence[str] | None:
    """Flag the mailbox behind a reference; see `campaigns.bounces.Take`."""
    found = _mailbox_behind(reference)
    if found is None:
        return None
    demonstration, mailbox = found
    pledges = Pledge.objects.filter(demonstration=demonstration, owner_key=mailbox)
    if report.kind != Kind.OTHER:
        pledges.update(mail_due_at=None, mails=MAILS_PER_PLEDGE)
    try:
        return [content_of(pledge)["email"] for pledge in pledges]
    except (CannotOpen, KeystoreError):
        return []


def _mailbox_behind(reference: str) -> tuple[Demonstration, bytes] | None:
    for demonstration in Demonstration.objects.order_by("-pk"):
        try:
            key = secrets_of(demonstration.uuid).message_id
        except KeystoreError:
            continue
        if opened := mail_references.opened(key, demonstration.uuid, reference):
            return demonstration, opened[0]
    return None
