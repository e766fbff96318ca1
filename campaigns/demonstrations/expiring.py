"""Deleting what has served its end: unconfirmed pledges after seven days, all of them fourteen days after the end.

What stays is the number. Each function may run twice, break off anywhere, and run beside itself.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.pledges import KEPT_AFTER_END, Pledge, PledgeTally


def delete_unconfirmed(now: datetime) -> int:
    """Delete what was never confirmed; how many went. One that its owner confirms meanwhile stays."""
    deleted, _by_table = Pledge.objects.expired(now).delete()
    return deleted


def erase_after_end(now: datetime) -> int:
    """Delete the pledges of demonstrations that ended long enough ago; how many went. The numbers stay as they were."""
    pledges = Pledge.objects.filter(demonstration=OuterRef("pk"))
    unerased = PledgeTally.objects.filter(demonstration=OuterRef("pk"), erased_at=None)
    ended = Demonstration.objects.filter(ends_at__lte=now - KEPT_AFTER_END)
    due = ended.filter(Exists(pledges) | Exists(unerased)).order_by("pk")
    return sum(_erase(pk, now) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _erase(demonstration_id: int, now: datetime) -> int:
    """The mark comes first: from there on the trigger that counts leaves the number alone."""
    PledgeTally.objects.get_or_create(demonstration_id=demonstration_id)
    PledgeTally.objects.filter(demonstration=demonstration_id, erased_at=None).update(erased_at=now)
    deleted, _by_table = Pledge.objects.filter(demonstration=demonstration_id).delete()
    return deleted
