"""The row behind a mailed link, once the link is proven. Whatever is wrong with a link, the answer is the same None."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from campaigns import tokens
from campaigns.keystore import SecretsDestroyed, secrets_of
from campaigns.petitions import safe_mode
from campaigns.petitions.consent import ConsentText, current_consent
from campaigns.petitions.petitions import CONFIRM_AFTER_CLOSING
from campaigns.petitions.signable import SigningPetition, petition_of
from campaigns.petitions.signatures import PENDING_LIFE, Personal, Signature, State
from campaigns.saving import saving
from campaigns.sealing import Place, unseal
from campaigns.tokens import Purpose

MAILBOX = """
SELECT other.* FROM signature mine
JOIN signature other ON other.petition_id = mine.petition_id AND other.email_key = mine.email_key
WHERE mine.id = %s AND mine.petition_id = %s AND other.blob IS NOT NULL AND (other.state <> 2 OR other.id = mine.id)
ORDER BY other.id
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a page may say before anything is proven by a POST: nothing about a person. `consent` is the wording to
    show beside an unticked box for updates, None where the organisation has none."""

    petition_id: int
    lang: str
    consent: ConsentText | None


@dataclass(frozen=True, slots=True)
class Proven:
    """A signature whose mailbox is proven by a link or a code, with what was typed when it was signed: `name`, `email`,
    `updates`, and perhaps `place` and `comment`. In safe mode nothing of it is known, nor needed."""

    row: Signature
    petition: SigningPetition
    personal: Personal
    said: dict[str, Any] = field(repr=False)

    def token(self, purpose: Purpose) -> str:
        """Another link of the same signature."""
        return tokens.make(purpose, self.petition.id, self.petition.uuid, self.row.pk, self.personal.seed)


def proven_by(token: str, purpose: Purpose) -> Proven | None:
    """The signature a token was made for, opened; None as for `row_behind`, and where the petition's keys were
    destroyed. Raises CannotOpen too."""
    found = row_behind(token, purpose)
    try:
        return None if found is None else opened(*found)
    except SecretsDestroyed:  # on purpose and for good: there is nothing to try again
        return None


def row_behind(token: str, purpose: Purpose) -> tuple[Signature, SigningPetition] | None:
    """The row a token was made for, still sealed: to erase it nobody needs to read it.

    A token that is malformed, forged, of another purpose or of a row that is gone gives None after the same work; so
    does one to confirm what can be confirmed no more. Raises NotSaved where the database is away, and KeystoreError.
    """
    parsed = tokens.parse(token)
    if parsed is None:
        return None
    with saving():
        row = Signature.objects.filter(pk=parsed.row_id, petition_id=parsed.petition_id, blob__isnull=False).first()
    return _verified(parsed, purpose, row)


def mailbox_behind(token: str) -> tuple[Proven, list[Proven]] | None:
    """What `proven_by` and `same_box` say of a link to confirm, read in one go."""
    parsed = tokens.parse(token)
    if parsed is None:
        return None
    with saving():
        rows = list(Signature.objects.raw(MAILBOX, [parsed.row_id, parsed.petition_id]))
    found = _verified(parsed, Purpose.CONFIRM, next((row for row in rows if row.pk == parsed.row_id), None))
    try:
        if found is None:
            return None
        proven = opened(*found)
        return proven, _of_its_address(proven, [row for row in rows if row.state != State.REMOVED])
    except SecretsDestroyed:  # on purpose and for good: there is nothing to try again
        return None


def _verified(
    parsed: tokens.Parsed, purpose: Purpose, row: Signature | None
) -> tuple[Signature, SigningPetition] | None:
    petition = petition_of(parsed.petition_id)
    if row is None or petition is None:
        tokens.refuse(parsed, purpose)
        return None
    if not tokens.verify(parsed, purpose, petition.uuid, row.personal.seed):
        return None
    if purpose == Purpose.CONFIRM and too_late(row, petition, timezone.now()):
        return None
    return row, petition


def too_late(row: Signature, petition: SigningPetition, now: datetime) -> bool:
    """Whether a link to confirm leads nowhere any more: as `SignatureQuerySet.expired` has it, or not public."""
    if not petition.public:
        return True
    if row.state in (State.PENDING, State.HELD) and nobody_more_counts(petition, now):
        return True
    life = safe_mode.PENDING_LIFE if petition.safe_mode else PENDING_LIFE
    return row.state == State.PENDING and row.created_at <= now - life


def nobody_more_counts(petition: SigningPetition, now: datetime) -> bool:
    """Whether the time to confirm after the end of a petition is over as well."""
    return petition.ends_at is not None and petition.ends_at <= now - CONFIRM_AFTER_CLOSING


def waiting(proven: Proven) -> Waiting:
    """What the page before the POST may know. In safe mode no address stays, so no consent is asked."""
    if proven.petition.safe_mode:
        return Waiting(proven.petition.id, proven.row.lang, None)
    with saving():
        langs = [proven.row.lang, proven.petition.original_lang, "en"]
        consent = current_consent(proven.petition.organisation_id, langs)
    return Waiting(proven.petition.id, proven.row.lang, consent)


def same_box(proven: Proven) -> list[Proven]:
    """The signatures of a proven mailbox that wait, are held or are counted, oldest first: not what can be confirmed no
    more, whichever link it is found by.

    Only those typed with the very address of the proven one, whatever its capital letters: that two spellings are one
    mailbox is a rule of ours, and a rule proves nothing. In safe mode there is one signature in a mailbox.
    """
    box = Signature.objects.filter(
        petition_id=proven.petition.id, email_key=proven.personal.email_key, blob__isnull=False
    )
    with saving():
        rows = list(box.exclude(state=State.REMOVED).order_by("pk"))
    return _of_its_address(proven, rows)


def _of_its_address(proven: Proven, rows: list[Signature]) -> list[Proven]:
    petition, now = proven.petition, timezone.now()
    in_time = [row for row in rows if not too_late(row, petition, now)]
    found = [proven if row is proven.row else opened(row, petition) for row in in_time]
    return [other for other in found if other.said["email"].lower() == proven.said["email"].lower()]


def opened(row: Signature, petition: SigningPetition) -> Proven:
    """A row of a proven mailbox, with its blob open. Raises CannotOpen or KeystoreError."""
    personal = row.personal
    if petition.safe_mode:
        return Proven(row, petition, personal, {"name": "", "email": "", "updates": False})
    place = Place(petition.uuid, personal.email_key, personal.name_key)
    return Proven(row, petition, personal, unseal(secrets_of(petition.uuid).seal, place, personal.blob))
