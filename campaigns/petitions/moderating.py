"""Taking a signature out of the count, and back into it. The row keeps its slot, so that it always fits back."""

from __future__ import annotations

from django.db import transaction

from campaigns.petitions.ledger_queue import Reason, put_back, take_back
from campaigns.petitions.signatures import Signature, State


@transaction.atomic
def take_out(signature_id: int) -> bool:
    """Stop counting a confirmed signature; False if it is none."""
    changed = Signature.objects.filter(pk=signature_id, state=State.CONFIRMED).update(state=State.REMOVED)
    if changed:
        take_back(signature_id, Reason.INVALID)
    return bool(changed)


@transaction.atomic
def take_in(signature_id: int) -> bool:
    """Count a signature again that was taken out; False if it was not."""
    changed = Signature.objects.filter(pk=signature_id, state=State.REMOVED).update(state=State.CONFIRMED)
    if changed:
        put_back(signature_id)
    return bool(changed)
