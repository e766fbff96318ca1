"""Deleting what has served its end: unconfirmed pledges after seven days, all of them fourteen days after the end.

What stays is the number, and the demonstration's secrets: it may be called anew. Only `erase` destroys them. Each
function may run twice, break off anywhere, and run beside itself.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.pledges import KEPT_AFTER_END, Pledge, PledgeTally
from campaigns.keystore import destroy_secrets, is_destroyed


def delete_unconfirmed(now: datetime) -> int:
    """Delete what was never confirmed; how many went. One that its owner confirms meanwhile stays."""
    deleted, _by_table = Pledge.objects.expired(now).delete()
    return deleted


def erase_after_end(now: datetime) -> int:
    """Delete the pledges of demonstrations that ended long enough ago; how many went. The numbers stay as they were."""
    pledges = Pledge.objects.filter(demonstration=OuterRef("pk"))
    unerased = PledgeTally.objects.filter(demonstration=OuterRef("pk"), erased_at=None)
    kept = Demonstration.objects.filter(Exists(pledges) | Exists(unerased)).order_by("pk")
    ended = kept.filter(ends_at__lte=now - KEPT_AFTER_END)
    shredded = [one for one in kept.filter(ends_at__gt=now - KEPT_AFTER_END) if is_destroyed(one.uuid)]
    return sum(_erase(demonstration.pk, now) for demonstration in [*ended, *shredded])


def erase(demonstration: Demonstration, now: datetime) -> int:
    """Destroy the secrets of one demonstration and delete its pledges; how many went. Nobody can announce themselves
    from then on. Raises KeystoreError. The secrets go first: interrupted, the rows bring a later run back here."""
    destroy_secrets(demonstration.uuid)
    return _erase(demonstration.pk, now)


@transaction.atomic
def _erase(demonstration_id: int, now: datetime) -> int:
    """The mark comes first: from there on the trigger that counts leaves the number alone."""
    PledgeTally.objects.get_or_create(demonstration_id=demonstration_id)
    PledgeTally.objects.filter(demonstration=demonstration_id, erased_at=None).update(erased_at=now)
    deleted, _by_table = Pledge.objects.filter(demonstration=demonstration_id).delete()
    return deleted
