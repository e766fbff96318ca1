"""Withdrawing: the row is deleted, and the log gets a `remove` for what it counted. Works after closing."""

from __future__ import annotations

from django.db import transaction

from campaigns.petitions.behind_token import Waiting, proven_by, waiting
from campaigns.petitions.ledger_queue import Reason, take_back
from campaigns.petitions.refusals import saving
from campaigns.petitions.signatures import Signature
from campaigns.tokens import Purpose


def withdrawable_behind(token: str) -> Waiting | None:
    """What the page of a link may show before the button is pressed; None means the one neutral page."""
    proven = proven_by(token, Purpose.WITHDRAW)
    return None if proven is None else waiting(proven)


def withdraw(token: str) -> bool:
    """Delete the signature behind a link; False where there is none (any more). Raises NotSaved.

    The row's lock is taken first: a confirmation at the same moment either comes before, and is taken back, or finds
    the row gone. A row that a moderator took out is deleted too; its entry in the log was removed before.
    """
    proven = proven_by(token, Purpose.WITHDRAW)
    if proven is None:
        return False
    signature_id = proven.row.pk
    with saving(), transaction.atomic():
        if not Signature.objects.select_for_update().filter(pk=signature_id).exists():
            return False
        take_back(signature_id, Reason.WITHDRAWN)
        Signature.objects.filter(pk=signature_id).delete()
    return True
