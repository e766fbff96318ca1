"""What the owner of a mailbox may change behind a proven link: name, country, consent; and add the own name.

Nothing of this can be done by a repeated post: who merely knows an address must not speak for its owner.
"""

from __future__ import annotations

import os
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns.keystore import secrets_of
from campaigns.petitions import digests
from campaigns.petitions.behind_token import Proven, nobody_more_counts, opened, proven_by
from campaigns.petitions.confirming import (
    UNIQUE_VIOLATION,
    Confirmation,
    answer_now,
    chosen,
    confirm_proven,
    consent_of,
)
from campaigns.petitions.ledger_queue import move_country
from campaigns.petitions.refusals import NameTaken
from campaigns.petitions.signatures import ROWS_PER_MAILBOX, Signature, State
from campaigns.saving import NotSaved, saving
from campaigns.sealing import Place, seal
from campaigns.tokens import SEED_BYTES, Purpose

ADD = """
INSERT INTO signature (petition_id, email_key, name_key, seed, blob, country, lang, text_id)
SELECT %(petition)s::int, %(email_key)s::bytea, %(name_key)s::bytea, %(seed)s::bytea, %(blob)s::bytea,
       %(country)s::text, %(lang)s::text, %(text)s::bigint
WHERE (SELECT count(*) FROM signature
       WHERE petition_id = %(petition)s::int AND email_key = %(email_key)s::bytea) < %(most)s::int
ON CONFLICT (petition_id, email_key, name_key) DO NOTHING
"""


def correct(
    token: str, signature_id: int, *, name: str | None = None, country: str | None = None, consent_id: int | None = None
) -> Confirmation | None:
    """Set what the owner says of one signature in the proven mailbox; None means the one neutral page.

    `name` and `country` stay as they are where None; `consent_id` is the wording of the ticked box, None for an
    unticked one, which ends a consent. A counted signature moves to its new country with the next batch. Raises
    NameTaken where another signature of the mailbox bears the name, and NotSaved.
    """
    proven = chosen(token, signature_id)
    if proven is None or proven.row.state == State.REMOVED:
        return None
    with saving():
        changes = _consent(proven, consent_id)
    if name is not None and not proven.petition.safe_mode:
        changes |= _renamed(proven, name)
    if country is not None:
        changes["country"] = country
    with saving():
        written = _write(proven.row.pk, changes)
    return answer_now(chosen(token, signature_id) or proven) if written else None


def add_person(token: str, name: str, country: str, consent_id: int | None = None) -> Confirmation | None:
    """Sign and confirm under another name in the proven mailbox; a name that is there already is confirmed.

    None means the one neutral page, also in safe mode, where a mailbox is one person, and once the time to confirm
    after the end is over: the link of a counted signature lives longer. Raises NotSaved, also where the mailbox holds
    sixteen rows.
    """
    proven = proven_by(token, Purpose.CONFIRM)
    if proven is None or proven.petition.safe_mode or nobody_more_counts(proven.petition, timezone.now()):
        return None
    with saving():
        added = _added(proven, name, country)
    if added.said["email"].lower() != proven.said["email"].lower():
        return None  # signed before under another spelling of the mailbox, which this link does not prove
    return confirm_proven(added, consent_id)


def _consent(proven: Proven, consent_id: int | None) -> dict[str, Any]:
    agreed = consent_of(proven, consent_id)
    if agreed == proven.row.consent_text_id:
        return {}
    return {"consent_text_id": agreed, "consent_at": timezone.now() if agreed else None}


def _renamed(proven: Proven, name: str) -> dict[str, Any]:
    place, blob = _sealed_as(proven, {**proven.said, "name": name})
    return {"name_key": place.name_key, "blob": blob}


def _sealed_as(proven: Proven, content: dict[str, Any]) -> tuple[Place, bytes]:
    """Place and blob of a name in the proven mailbox; the key version is that of the proven blob."""
    secrets, mailbox = secrets_of(proven.petition.uuid), proven.personal.email_key
    place = Place(proven.petition.uuid, mailbox, digests.name_key(secrets, mailbox, content["name"]))
    return place, seal(secrets.seal, proven.personal.blob[0], place, content)


def _write(signature_id: int, changes: dict[str, Any]) -> bool:
    """Write under the row's lock, so that a confirmation or withdrawal comes before or after; False if it is gone."""
    try:
        with transaction.atomic():
            row = Signature.objects.select_for_update().filter(pk=signature_id).first()
            if row is None:
                return False
            if changes:
                Signature.objects.filter(pk=signature_id).update(**changes)
            if row.state == State.CONFIRMED and changes.get("country", row.country) != row.country:
                move_country(signature_id, changes["country"])
    except IntegrityError as problem:
        if getattr(problem.__cause__, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        raise NameTaken from None
    return True


def _added(proven: Proven, name: str, country: str) -> Proven:
    """The row of a name in the proven mailbox, added if there is none; its text is the one the proven row signed."""
    said = {"name": name, "email": proven.said["email"], "updates": bool(proven.said["updates"])}
    place, blob = _sealed_as(proven, said)
    values: dict[str, Any] = {
        "petition": proven.petition.id,
        "email_key": place.email_key,
        "name_key": place.name_key,
        "seed": os.urandom(SEED_BYTES),
        "blob": blob,
        "country": country,
        "lang": proven.row.lang,
        "text": proven.row.text_id,
        "most": ROWS_PER_MAILBOX,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD, values)
    box = Signature.objects.filter(petition_id=proven.petition.id, email_key=place.email_key)
    row = box.filter(name_key=place.name_key, blob__isnull=False).first()
    if row is None:
        raise NotSaved("the mailbox is full")
    return opened(row, proven.petition)
