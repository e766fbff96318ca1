"""Withdrawing: the row is deleted, and the log gets a `remove` for what it counted. Works after closing."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from django.db import transaction

from campaigns.keystore import KeystoreError
from campaigns.petitions.behind_token import opened, row_behind, same_box
from campaigns.petitions.confirming import Person, person
from campaigns.petitions.ledger_queue import Reason, take_back
from campaigns.petitions.signable import SigningPetition
from campaigns.petitions.signatures import Signature, State
from campaigns.petitions.withdrawn_rows import note_withdrawal
from campaigns.saving import saving
from campaigns.sealing import CannotOpen
from campaigns.tokens import Purpose


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What is left to say: of which petition, and who of the same mailbox was held and may have the place now."""

    petition_id: int
    held: tuple[Person, ...] = field(repr=False)


def withdrawable_behind(token: str) -> int | None:
    """The petition that the page of a link may name before the button is pressed; None means the one neutral page."""
    found = row_behind(token, Purpose.WITHDRAW)
    return None if found is None else found[1].id


def withdraw(token: str) -> Withdrawn | None:
    """Delete the signature behind a link; None where there is none (any more). Raises NotSaved.

    The row's lock is taken first: a confirmation at the same moment either comes before, and is taken back, or finds
    the row gone. A row that a moderator took out is deleted too; its entry in the log was removed before. Of two
    presses at once, both are told that it is erased.
    """
    found = row_behind(token, Purpose.WITHDRAW)
    if found is None:
        return None
    row, petition = found
    held = _held_beside(row, petition)
    with saving(), transaction.atomic():
        now = Signature.objects.select_for_update().filter(pk=row.pk).first()
        if now is not None:
            take_back(row.pk, Reason.WITHDRAWN)
            if now.state in (State.CONFIRMED, State.REMOVED):
                note_withdrawal(petition.id, petition.uuid, row.pk, now.confirmed_at)
            Signature.objects.filter(pk=row.pk).delete()
    return Withdrawn(petition.id, held)


def _held_beside(row: Signature, petition: SigningPetition) -> tuple[Person, ...]:
    """Who waits for the place that becomes free. What cannot be read keeps nobody from erasing it."""
    if row.state not in (State.CONFIRMED, State.REMOVED):
        return ()  # it had no place
    with contextlib.suppress(CannotOpen, KeystoreError):
        return tuple(person(other) for other in same_box(opened(row, petition)) if other.row.state == State.HELD)
    return ()
