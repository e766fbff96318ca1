"""What the owner of a pledge may do with it: see it, change it, withdraw it.

The authority is the code that was told once, or the link of a mail: both come in as one text, typed or followed. Wrong,
withdrawn and erased look the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from campaigns import tokens
from campaigns.demonstrations.owner_keys import key_of_code, place_of
from campaigns.demonstrations.pledges import Pledge
from campaigns.demonstrations.pledging import sealed
from campaigns.demonstrations.recovery_codes import Code, parse_code
from campaigns.keystore import secrets_of
from campaigns.saving import saving
from campaigns.sealing import unseal
from campaigns.tokens import Purpose


@dataclass(frozen=True, slots=True)
class OwnPledge:
    """A pledge as its owner reads it. `counts`: it is part of the number."""

    demonstration_id: int
    size: int
    nickname: str = field(repr=False)
    by_mail: bool
    counts: bool


def own_pledge(authority: str) -> OwnPledge | None:
    """The pledge behind a code or a link. Raises NotSaved, KeystoreError or CannotOpen."""
    row = _row_of(authority)
    return None if row is None else shown_to_owner(row)


def change(authority: str, size: int, nickname: str) -> OwnPledge | None:
    """Store another size and nickname; the number moves with it. None where there is no such pledge."""
    row = _row_of(authority)
    if row is None:
        return None
    secrets = secrets_of(row.demonstration.uuid)
    blob = sealed(secrets, bytes(row.owner_key), nickname, content_of(row)["email"])
    with saving():
        changed = Pledge.objects.filter(pk=row.pk).update(size=size, blob=blob)
    if not changed:
        return None
    return OwnPledge(row.demonstration_id, size, nickname, row.by_mail, row.confirmed_at is not None)


def withdraw(authority: str) -> int | None:
    """Delete the pledge, and take it out of the number; the id of its demonstration, None where there is none."""
    row = _row_of(authority)
    if row is None:
        return None
    with saving():
        deleted, _by_table = Pledge.objects.filter(pk=row.pk).delete()
    return row.demonstration_id if deleted else None


def row_behind(token: str, purpose: Purpose) -> Pledge | None:
    """The pledge that a link was made for, with its demonstration.

    A link that is malformed, forged, of another purpose or of a row that is gone gives None after the same work.
    """
    parsed = tokens.parse(token)
    if parsed is None:
        return None
    with saving():
        rows = Pledge.objects.filter(pk=parsed.row_id, demonstration_id=parsed.petition_id, by_mail=True)
        row = rows.select_related("demonstration").first()
    if row is None:
        tokens.refuse(parsed, purpose)
        return None
    return row if tokens.verify(parsed, purpose, row.demonstration.uuid, bytes(row.seed)) else None


def shown_to_owner(row: Pledge) -> OwnPledge:
    """What its owner reads. Raises KeystoreError or CannotOpen."""
    return OwnPledge(
        demonstration_id=row.demonstration_id,
        size=row.size,
        nickname=content_of(row)["nickname"],
        by_mail=row.by_mail,
        counts=row.confirmed_at is not None,
    )


def content_of(row: Pledge) -> dict[str, str]:
    """What was typed: `nickname` and `email`, each may be empty."""
    secrets = secrets_of(row.demonstration.uuid)
    return unseal(secrets.seal, place_of(secrets, bytes(row.owner_key)), bytes(row.blob))


def link_to(row: Pledge, purpose: Purpose) -> str:
    """The token of a link to this pledge."""
    return tokens.make(purpose, row.demonstration_id, row.demonstration.uuid, row.pk, bytes(row.seed))


def _row_of(authority: str) -> Pledge | None:
    code = parse_code(authority)
    return _row_of_code(code) if code else row_behind(authority.strip(), Purpose.WITHDRAW)


def _row_of_code(code: Code) -> Pledge | None:
    """Where nobody is announced any more, the secrets may be gone with the pledges: they are not asked for."""
    with saving():
        rows = Pledge.objects.filter(demonstration_id=code.demonstration_id).select_related("demonstration")
        anybody = rows.first()
        if anybody is None:
            return None
        owner_key = key_of_code(secrets_of(anybody.demonstration.uuid), code)
        return rows.filter(by_mail=False, owner_key=owner_key).first()
