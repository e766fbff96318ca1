"""Signing: one SQL statement stores a signature, whatever is stored already.

Nobody may learn from an answer whether an address signed before, so every accepted post does the same work: the same
cryptography, one statement, one row version written and one commit flushed to disk. Hence `DO UPDATE` and never `DO
NOTHING` (a repeat would skip the flush), no `WHERE` on it, and no `synchronous_commit = off`. Source: PostgreSQL
manual, INSERT, ON CONFLICT Clause. The statement runs in autocommit mode.

A repeat changes only `posts` and `mail_due_at`: who knows a name and an address must not change what the owner said.
Where the row that it meets waited too long, and only the clock has not deleted it yet, that becomes a new one, with a
number and links of its own: mailing its old links, which lead nowhere any more, would lose a signature. When six people
wait in a mailbox, everyone after them shares one row without a blob (`full`): equal work again.

In safe mode no name is taken and the address is sealed under a key of its own: see `campaigns.petitions.safe_mode`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from campaigns.addresses import Address
from campaigns.keystore import PetitionSecrets
from campaigns.petitions import digests, safe_mode
from campaigns.petitions.flood_incidents import ADMITTED, Admission
from campaigns.petitions.petitions import Stage
from campaigns.petitions.refusals import NotOpen, UnknownText
from campaigns.petitions.safe_mode import SAFE_NAME_KEY, seal_address
from campaigns.petitions.signable import SigningPetition, open_petition
from campaigns.petitions.signatures import PENDING_LIFE
from campaigns.saving import NotSaved, saving
from campaigns.sealing import Place, seal
from campaigns.tokens import SEED_BYTES
from config.database.statements import run_alone

__all__ = ["NotOpen", "NotSaved", "SigningPetition", "Submission", "UnknownText", "open_petition", "sign"]

# Of a row that waited too long, as `campaigns.petitions.signatures.SignatureQuerySet.expired` has it.
RENEWED = ("id", "seed", "blob", "country", "lang", "text_id", "flood_incident_id", "code_only", "created_at")
SIGN = rf"""
INSERT INTO signature AS s (petition_id, email_key, name_key, seed, blob, country, lang, text_id,
                            flood_incident_id, code_only, mail_due_at)
SELECT %(petition)s::int, %(email_key)s::bytea,
       CASE WHEN full_ THEN '\xffffffffffffffff'::bytea ELSE %(name_key)s::bytea END, %(seed)s::bytea,
       CASE WHEN full_ THEN NULL ELSE %(blob)s::bytea END, %(country)s::text, %(lang)s::text, %(text)s::bigint,
       %(incident)s::int, %(code_only)s::boolean, now()
FROM (SELECT count(*) >= 6 AND NOT coalesce(bool_or(name_key = %(name_key)s::bytea), false) AS full_
      FROM (SELECT name_key FROM signature
            WHERE petition_id = %(petition)s::int AND email_key = %(email_key)s::bytea LIMIT 16) waiting) mailbox
ON CONFLICT (petition_id, email_key, name_key) DO UPDATE
SET (posts, mail_due_at, {", ".join(RENEWED)}) = (
    SELECT CASE WHEN late THEN 1 ELSE least(s.posts + 1, 1000) END,
           CASE WHEN late THEN now() ELSE coalesce(s.mail_due_at, now() + interval '2 minutes') END,
           {", ".join(f"CASE WHEN late THEN EXCLUDED.{column} ELSE s.{column} END" for column in RENEWED)}
    FROM (SELECT s.state = 0 AND s.created_at <= now() - make_interval(secs =>
              CASE WHEN s.name_key = '\x{SAFE_NAME_KEY.hex()}'::bytea THEN {safe_mode.PENDING_LIFE.total_seconds():.0f}
                   ELSE {PENDING_LIFE.total_seconds():.0f} END)) met (late))
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody typed, parsed: a name of `campaigns.names` (none in safe mode), a country code, the language of the
    page, the SHA-256 of the wording shown. `updates` is only a wish: consent is taken where the mailbox is proven.
    `place` and `comment` as in `campaigns.petitions.asking`, empty where nothing was said."""

    name: str = field(repr=False)
    address: Address = field(repr=False)
    country: str
    lang: str
    text_sha256: str
    updates: bool = False
    place: str = field(default="", repr=False)
    comment: str = field(default="", repr=False)


def sign(petition: SigningPetition, submission: Submission, admission: Admission = ADMITTED) -> None:
    """Store a signature and let its mail be sent. Answers nothing, so that it tells nothing.

    `admission` says how it came in; a row that is stored already keeps what it came with.
    Raises NotOpen, UnknownText or NotSaved; then nothing was stored.
    """
    stage = petition.stage_now
    if stage != Stage.OPEN:
        raise NotOpen(stage)
    came_in = {"incident": admission.incident_id, "code_only": admission.code_only}
    row = {**_row(petition, submission), **came_in}
    with saving():
        run_alone(SIGN, row)


def payload(said: Submission) -> dict[str, Any]:
    """What is sealed: the name, the address as typed, whether news were wished for, and what else was said."""
    more = {"place": said.place, "comment": said.comment}
    answers = {name: text for name, text in more.items() if text}
    return {"name": said.name, "email": said.address.typed, "updates": said.updates, **answers}


def _row(petition: SigningPetition, submission: Submission) -> dict[str, Any]:
    secrets = petition.secrets
    if secrets is None or submission.text_sha256 not in petition.texts:
        raise UnknownText
    email_key = digests.email_key(secrets, submission.address.under(petition.aliases))
    name_key, blob = _sealed(petition, secrets, email_key, submission)
    return {
        "petition": petition.id,
        "email_key": email_key,
        "name_key": name_key,
        "seed": os.urandom(SEED_BYTES),
        "blob": blob,
        "country": submission.country,
        "lang": submission.lang,
        "text": petition.texts[submission.text_sha256][0],
    }


def _sealed(
    petition: SigningPetition, secrets: PetitionSecrets, email_key: bytes, said: Submission
) -> tuple[bytes, bytes]:
    """The key of the person in the mailbox, and the blob."""
    if petition.safe_mode:
        place = Place(petition.uuid, email_key, SAFE_NAME_KEY)
        return SAFE_NAME_KEY, seal_address(place, {"email": said.address.typed})
    place = Place(petition.uuid, email_key, digests.name_key(secrets, email_key, said.name))
    return place.name_key, seal(secrets.seal, petition.seal_version, place, payload(said))
