"""Deleting what was never confirmed: pending rows after 14 days, everything unconfirmed 24 hours after the end."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.petitions.signatures import Signature

BATCH = 1000


def delete_expired(now: datetime) -> int:
    """Delete expired rows in batches, each committed by itself, so that it may stop anywhere; how many rows went.

    Walks the table once in order of id: the table has no index for this, which would cost every signer something. A row
    that its owner confirms meanwhile is looked at again under its lock, and stays.
    """
    deleted, after = 0, 0
    while batch := _batch(now, after):
        deleted += _delete(now, batch)
        after = batch[-1]
    return deleted


def _batch(now: datetime, after: int) -> list[int]:
    rows = Signature.objects.expired(now).filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _delete(now: datetime, batch: list[int]) -> int:
    rows = Signature.objects.filter(pk__in=batch).select_for_update(skip_locked=True)
    locked = list(rows.values_list("pk", flat=True))
    deleted, _by_table = Signature.objects.expired(now).filter(pk__in=locked).delete()
    return deleted
