"""Taking a signature out of the count, and back into it. The row keeps its slot, so that it always fits back.

A held signature is counted by the statement that its owner's link runs, and only where a place of its mailbox is free:
its owner has confirmed it before, and nobody at the desk can let a third person count.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, connection, transaction

from campaigns.petitions.confirming import CONFIRM, UNIQUE_VIOLATION
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


def count_held(signature_id: int) -> bool:
    """Count a held signature; False if it is none, or if two of its mailbox count or keep their place."""
    row = Signature.objects.filter(pk=signature_id, state=State.HELD, blob__isnull=False).first()
    if row is None:
        return False
    values: dict[str, Any] = {
        "id": row.pk,
        "petition": row.petition_id,
        "email_key": row.personal.email_key,
        "consent": None,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CONFIRM, values)
            return cursor.fetchone() is not None
    except IntegrityError as problem:  # somebody else of the mailbox took the place at this moment
        if getattr(problem.__cause__, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        return False
