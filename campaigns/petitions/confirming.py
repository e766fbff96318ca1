"""Confirming: the owner of a mailbox makes a signature count.

At most two people per mailbox count, whoever comes at the same time: the statement takes the lowest free slot and the
unique index `signature_slot` lets one of two win; the loser meets error 23505 and tries again, up to six times. Without
a free slot the row is held. The same statement queues the signature for the log, so neither is without the other; in
safe mode it blanks the address, which nothing needs any more. It runs in autocommit mode. Source: PostgreSQL manual,
appendix A (error codes) and 13.2 (read committed).

Mail goes to a mailbox, not to a name: one link, or the code of the same mail, is enough for everybody who waits there,
and names are told only after a POST with it. Both ways end in the same rows and the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import IntegrityError, connection
from django.utils import timezone

from campaigns.addresses import Address
from campaigns.petitions.behind_code import proven_by_code
from campaigns.petitions.behind_token import Proven, Waiting, mailbox_behind, proven_by, same_box, waiting
from campaigns.petitions.consent import ConsentText
from campaigns.petitions.signable import SigningPetition
from campaigns.petitions.signatures import Signature, State
from campaigns.saving import NotSaved, saving
from campaigns.tokens import Purpose

TRIES = 6
UNIQUE_VIOLATION = "23505"

CONFIRM = """
WITH confirmed AS (
    UPDATE signature s
    SET slot = f.slot, state = CASE WHEN f.slot IS NULL THEN 3 ELSE 1 END, confirmed_at = now(), mail_due_at = NULL,
        blob = CASE WHEN s.name_key = '\\x0000000000000000'::bytea THEN ''::bytea ELSE s.blob END,
        consent_text_id = coalesce(%(consent)s::bigint, s.consent_text_id),
        consent_at = CASE WHEN %(consent)s::bigint IS NULL THEN s.consent_at ELSE now() END
    FROM (SELECT min(v)::smallint AS slot FROM generate_series(1, 2) v
          WHERE NOT EXISTS (SELECT FROM signature o
                            WHERE o.petition_id = %(petition)s::int AND o.email_key = %(email_key)s::bytea
                              AND o.slot = v)) f
    WHERE s.id = %(id)s::bigint AND s.blob IS NOT NULL AND s.state IN (0, 3) AND (s.state = 0 OR f.slot IS NOT NULL)
    RETURNING s.id, s.petition_id, s.state, s.country, s.lang
), queued AS (
    INSERT INTO leaf_queue (petition_id, kind, signature_id, country, lang)
    SELECT petition_id, 'sign', id, country, lang FROM confirmed WHERE state = 1
)
SELECT state FROM confirmed
"""

Status = Literal["confirmed", "held", "choose", "already", "removed"]
_STATUS: dict[int, Status] = {State.CONFIRMED: "already", State.REMOVED: "removed", State.HELD: "held"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody else who waits, is held or is counted in the proven mailbox."""

    id: int
    name: str = field(repr=False)
    confirm_token: str = field(repr=False)
    withdraw_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnData:
    """What the signature at hand says, for its owner to read and correct."""

    name: str = field(repr=False)
    country: str
    wished_updates: bool
    consented: bool


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What came of a POST with a proven link or code.

    `choose`: nothing is confirmed yet, `people` wait in this mailbox. `held`: two people of this mailbox are counted
    already, and this signature waits for a check. `removed`: it was taken out of the count. `own` is the signature at
    hand, `people` whoever else still waits there, `counted` whoever else is counted. `confirm_token` is good for what
    follows: whoever came with a code has no link at hand.
    """

    status: Status
    petition_id: int
    lang: str
    signature_id: int
    people: tuple[Person, ...]
    counted: tuple[Person, ...]
    own: OwnData
    confirm_token: str = field(repr=False)
    withdraw_token: str = field(repr=False)


def waiting_behind(token: str) -> Waiting | None:
    """What the page of a link may show before the button is pressed; None means the neutral page. Changes nothing."""
    proven = proven_by(token, Purpose.CONFIRM)
    return None if proven is None else waiting(proven)


def confirm(token: str, consent_id: int | None = None) -> Confirmation | None:
    """Confirm the one person who waits behind a link, or say who waits there; None means the one neutral page.

    `consent_id` is the wording beside the box that the owner ticked. Repeating gives the same end. Raises NotSaved.
    """
    found = mailbox_behind(token)
    return None if found is None else _confirm_or_ask(*found, consent_id)


def confirm_by_code(
    petition: SigningPetition, address: Address, code: str, consent_id: int | None = None
) -> Confirmation | None:
    """The same for the code of a mail and the address it went to; None for a wrong or used up one. Raises NotSaved."""
    proven = proven_by_code(petition, address, code)
    return None if proven is None else _confirm_or_ask(proven, same_box(proven), consent_id)


def confirm_person(token: str, signature_id: int, consent_id: int | None = None) -> Confirmation | None:
    """Confirm one of those who wait in the mailbox that the link proves; None if it is none of them."""
    found = chosen(token, signature_id)
    return None if found is None else confirm_proven(found, consent_id)


def confirm_proven(proven: Proven, consent_id: int | None = None) -> Confirmation | None:
    """Confirm a signature whose mailbox is proven; None if it is gone. Raises NotSaved."""
    return _confirm(proven, same_box(proven), consent_id)


def chosen(token: str, signature_id: int) -> Proven | None:
    """The signature of that id, if the link proves its mailbox."""
    proven = proven_by(token, Purpose.CONFIRM)
    if proven is None or proven.row.pk == signature_id:
        return proven
    return next((found for found in same_box(proven) if found.row.pk == signature_id), None)


def answer_now(proven: Proven) -> Confirmation | None:
    """What the page says of a proven signature as it is stored now; None if it is gone."""
    with saving():
        state = Signature.objects.filter(pk=proven.row.pk).values_list("state", flat=True).first()
    return None if state is None else _answer(proven, same_box(proven), _STATUS.get(state, "choose"))


def consent_of(proven: Proven, consent_id: int | None) -> int | None:
    """The id, if it is a wording of the petition's organisation; None in safe mode."""
    if consent_id is None or proven.petition.safe_mode:
        return None
    wordings = ConsentText.objects.filter(organisation_id=proven.petition.organisation_id)
    return wordings.filter(pk=consent_id).values_list("pk", flat=True).first()


def _confirm_or_ask(proven: Proven, box: list[Proven], consent_id: int | None) -> Confirmation | None:
    if proven.row.state == State.PENDING and len(_in_state(box, State.PENDING)) > 1:
        return _answer(proven, box, "choose")
    return _confirm(proven, box, consent_id)


def _confirm(proven: Proven, box: list[Proven], consent_id: int | None) -> Confirmation | None:
    with saving():
        agreed = consent_of(proven, consent_id)
        state = _write(
            {
                "id": proven.row.pk,
                "petition": proven.petition.id,
                "email_key": proven.personal.email_key,
                "consent": agreed,
            }
        )
    if state is None:  # done before, still held, taken out or withdrawn
        _agree(proven, agreed)
        return answer_now(proven)
    proven.row.consent_text_id = agreed or proven.row.consent_text_id
    return _answer(proven, box, "confirmed" if state == State.CONFIRMED else "held")


def _agree(proven: Proven, consent_id: int | None) -> None:
    """Take a consent that is given when the button is pressed once more: the box stands beside it then too."""
    if consent_id is None or consent_id == proven.row.consent_text_id:
        return
    rows = Signature.objects.filter(pk=proven.row.pk, state__in=[State.CONFIRMED, State.HELD], blob__isnull=False)
    with saving():
        if rows.update(consent_text_id=consent_id, consent_at=timezone.now()):
            proven.row.consent_text_id = consent_id


def _write(values: dict[str, Any]) -> int | None:
    """Run the statement until it wins a slot or finds none; the state it gave the row, None if it changed nothing."""
    for _try in range(TRIES):
        try:
            with connection.cursor() as cursor:
                cursor.execute(CONFIRM, values)
                done = cursor.fetchone()
                return int(done[0]) if done else None
        except IntegrityError as problem:
            if getattr(problem.__cause__, "sqlstate", None) != UNIQUE_VIOLATION:
                raise
    raise NotSaved("no free slot was won")


def _in_state(box: list[Proven], state: State) -> list[Proven]:
    return [found for found in box if found.row.state == state]


def person(found: Proven) -> Person:
    """Somebody of a proven mailbox, as another one's page names them."""
    name = found.said["name"]
    return Person(found.row.pk, name, found.token(Purpose.CONFIRM), found.token(Purpose.WITHDRAW))


def _answer(proven: Proven, box: list[Proven], status: Status) -> Confirmation:
    row, said = proven.row, proven.said
    others = [found for found in box if found.row.pk != row.pk]
    waiting = _in_state(box if status == "choose" else others, State.PENDING)
    return Confirmation(
        status=status,
        petition_id=proven.petition.id,
        lang=row.lang,
        signature_id=row.pk,
        people=tuple(person(found) for found in waiting),
        counted=tuple(person(found) for found in _in_state(others, State.CONFIRMED)),
        own=OwnData(said["name"], row.country, bool(said["updates"]), row.consent_text_id is not None),
        confirm_token=proven.token(Purpose.CONFIRM),
        withdraw_token=proven.token(Purpose.WITHDRAW),
    )
