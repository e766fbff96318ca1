"""When petitions come to their end: by their date, or with what they belong to."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from campaigns.keystore import KeystoreError, destroy_index
from campaigns.petitions.petitions import CONFIRM_AFTER_CLOSING, Petition, Stage
from reports.editorial.publishing import READ_ONLY, State


def running() -> models.QuerySet[Petition]:
    """Petitions that were opened and have not come to their end, paused ones among them."""
    return Petition.objects.filter(stage__in=[Stage.OPEN, Stage.PAUSED], opened_at__isnull=False)


def close_due(now: datetime) -> int:
    """Close the petitions whose end has come, and those whose publishing state lets nobody sign any more; how many.

    No way leads back from those, nor from such a campaign, and what people typed must not be kept for ever.
    """
    closed = running().filter(closes_at__lte=now).update(stage=Stage.CLOSED, closed_at=F("closes_at"))
    over = running().filter(
        Q(state__in=[*READ_ONLY, State.REMOVED]) | Q(campaign__state__in=[State.RETRACTED, State.REMOVED])
    )
    return closed + over.update(stage=Stage.CLOSED, closed_at=now)


def destroy_indexes(now: datetime) -> int:
    """In safe mode, a day after the end, when nobody can confirm any more, let nobody test a guessed address either.

    How many secrets were destroyed; may be repeated. Raises KeystoreError after every petition had its turn.
    """
    over = Petition.objects.filter(safe_mode=True, opened_at__isnull=False).ended(now - CONFIRM_AFTER_CLOSING)
    destroyed, problems = 0, []
    for petition in over.values_list("uuid", flat=True):
        try:
            destroyed += destroy_index(petition)
        except KeystoreError as problem:
            problems.append(problem)
    if problems:
        raise problems[0]
    return destroyed
