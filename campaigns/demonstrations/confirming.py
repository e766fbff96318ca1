"""Confirming: the owner of a mailbox makes a pledge count.

A link counts once and for 48 hours after the newest mail. Behind it, and only there, it is told that it was used or is
too old; who has an old one may have a new mail sent to the same mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.own_pledge import OwnPledge, link_to, row_behind, shown_to_owner
from campaigns.demonstrations.pledges import MAILS_PER_PLEDGE, Pledge
from campaigns.saving import saving
from campaigns.tokens import Purpose

Standing = Literal["waiting", "late", "already"]
Status = Literal["confirmed", "already", "late", "closed"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a link's page may show before its button is pressed: nothing about a person."""

    demonstration_id: int
    lang: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What came of a POST with a proven link. `closed`: it takes place no more. `late`: the link is too old.

    `own` and `own_link` are for the owner to change or withdraw the pledge; empty where nothing was confirmed.
    """

    status: Status
    demonstration_id: int
    own: OwnPledge | None = None
    own_link: str = field(default="", repr=False)


def waiting_behind(token: str) -> Waiting | None:
    """What stands behind a link; None means the one neutral page. Changes nothing. Raises NotSaved."""
    row = row_behind(token, Purpose.CONFIRM)
    return None if row is None else Waiting(row.demonstration_id, row.lang, _standing(row))


def confirm(token: str) -> Confirmation | None:
    """Count the pledge behind a link, once; None means the one neutral page. Raises NotSaved and KeystoreError."""
    row = row_behind(token, Purpose.CONFIRM)
    if row is None:
        return None
    with saving():
        takes_place = Demonstration.objects.open().filter(pk=OuterRef("demonstration_id"))
        waits = Pledge.objects.confirmable().filter(Exists(takes_place), pk=row.pk)
        confirmed = waits.update(confirmed_at=Now(), mail_due_at=None)
    if confirmed:
        return _counted(row, "confirmed")
    row = row_behind(token, Purpose.CONFIRM)
    if row is None:  # withdrawn a moment ago
        return None
    standing = _standing(row)
    if standing == "already":
        return _counted(row, "already")
    return Confirmation("late" if standing == "late" else "closed", row.demonstration_id)


def send_again(token: str) -> int | None:
    """Have a new mail sent to the mailbox of a link that came too late, unless it had its five; the id of the
    demonstration, None where there is no such link. Raises NotSaved."""
    row = row_behind(token, Purpose.CONFIRM)
    if row is None:
        return None
    with saving():
        waits = Pledge.objects.filter(pk=row.pk, confirmed_at=None, mail_due_at=None, mails__lt=MAILS_PER_PLEDGE)
        waits.update(mail_due_at=Now())
    return row.demonstration_id


def _counted(row: Pledge, status: Status) -> Confirmation:
    own = replace(shown_to_owner(row), counts=True)
    return Confirmation(status, row.demonstration_id, own, link_to(row, Purpose.WITHDRAW))


def _standing(row: Pledge) -> Standing:
    if row.confirmed_at is not None:
        return "already"
    return "waiting" if row.link_until and row.link_until > timezone.now() else "late"
