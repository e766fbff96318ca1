"""Saying "I am coming": one SQL statement stores a pledge, whatever is stored already.

Nobody may learn from an answer whether an address announced itself before, so every post with an address does the same
work: the same cryptography, one statement, one row version written and one commit flushed to disk (hence `DO UPDATE`
and never `DO NOTHING`; PostgreSQL manual, INSERT, ON CONFLICT Clause). The statement runs in autocommit mode and looks
itself whether the demonstration takes place, so no pledge slips in after it was cancelled.

A repeat changes only `posts` and `mail_due_at`: who knows an address must not change what its owner said. Posts cause
at most three mails to a mailbox; the rest are kept for requests made from an earlier mail's page.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from campaigns.addresses import Address
from campaigns.demonstrations.demonstration_reading import ReadDemonstration
from campaigns.demonstrations.owner_keys import key_of_code, key_of_mailbox, place_of
from campaigns.demonstrations.recovery_codes import Code, new_code
from campaigns.demonstrations.refusals import NotOpen
from campaigns.keystore import PetitionSecrets, secrets_of
from campaigns.models import Campaign
from campaigns.saving import saving
from campaigns.sealing import seal
from campaigns.tokens import SEED_BYTES
from reports.editorial.publishing import stood_by_sql

MAILS_CAUSED_BY_POSTS = 3
# A demonstration's key never seals so often that it needs a second version: what a repeat seals is not stored.
SEAL_VERSION = 1

# As `DemonstrationQuerySet.open` has it.
OPEN = f"""d.status IN ('on', 'moved') AND d.ends_at > now() AND d.state <> 'archived' AND {stood_by_sql("d")}
      AND EXISTS (SELECT FROM {Campaign._meta.db_table} c WHERE c.id = d.campaign_id AND {stood_by_sql("c")})
      AND NOT EXISTS (SELECT FROM pledge_tally t WHERE t.demonstration_id = d.id AND t.erased_at IS NOT NULL)"""  # noqa: S608

PLEDGE = f"""
INSERT INTO pledge AS p
    (demonstration_id, owner_key, seed, blob, size, lang, by_mail, confirmed_at, mail_due_at)
SELECT d.id, %(owner_key)s::bytea, %(seed)s::bytea, %(blob)s::bytea, %(size)s::smallint, %(lang)s::text,
       %(by_mail)s::boolean, CASE WHEN %(by_mail)s::boolean THEN NULL ELSE now() END,
       CASE WHEN %(by_mail)s::boolean THEN now() END
FROM demonstration d WHERE d.id = %(demonstration)s::int AND {OPEN}
ON CONFLICT (demonstration_id, owner_key) DO UPDATE
SET posts = least(p.posts + 1, 1000),
    mail_due_at = CASE WHEN p.by_mail AND p.mails < {MAILS_CAUSED_BY_POSTS}
                       THEN coalesce(p.mail_due_at, now() + interval '2 minutes') ELSE p.mail_due_at END
RETURNING p.id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Party:
    """Who means to come: so many people, and what they chose to say besides. `lang` is the page's and the mail's."""

    size: int
    lang: str
    nickname: str = field(default="", repr=False)
    address: Address | None = field(default=None, repr=False)


def pledge(demonstration: ReadDemonstration, party: Party) -> Code | None:
    """Store a pledge. With an address it waits for its mail, and the answer is None whatever was stored before;
    without one it counts at once, and its code comes back, this one time.

    Raises NotOpen, NotSaved or KeystoreError; then nothing was stored.
    """
    secrets = secrets_of(demonstration.uuid)
    code = None if party.address else new_code(demonstration.pk)
    owner_key = key_of_code(secrets, code) if code else key_of_mailbox(secrets, _address(party))
    with saving(), connection.cursor() as cursor:
        cursor.execute(PLEDGE, {"demonstration": demonstration.pk, **_row(secrets, owner_key, party)})
        if cursor.fetchone() is None:
            raise NotOpen
    return code


def sealed(secrets: PetitionSecrets, owner_key: bytes, nickname: str, address: str) -> bytes:
    """The blob of a pledge: what was typed, for this row alone."""
    return seal(secrets.seal, SEAL_VERSION, place_of(secrets, owner_key), {"nickname": nickname, "email": address})


def _row(secrets: PetitionSecrets, owner_key: bytes, party: Party) -> dict[str, Any]:
    return {
        "owner_key": owner_key,
        "seed": os.urandom(SEED_BYTES),
        "blob": sealed(secrets, owner_key, party.nickname, party.address.typed if party.address else ""),
        "size": party.size,
        "lang": party.lang,
        "by_mail": party.address is not None,
    }


def _address(party: Party) -> Address:
    assert party.address is not None, "a code stands in its place"
    return party.address
