"""Erasing what has served its end: some months after the closing, names, addresses and keys go, and the number stays.

Of a counted signature a stub is left: its petition, country, language, wording and state, and the slot it took. Every
other row about a person goes, then the petition's secrets, so that no old copy of the database opens either; last comes
the mark. Nothing is appended to the public log.

Rows are blanked in batches by the key of the table's own index, each committed by itself: it may break off anywhere,
run twice or beside itself, and goes on where it was. Source: PostgreSQL manual, 13.3.2 (row locks).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from campaigns import pending_keys
from campaigns.failure_kinds import kind_of
from campaigns.keystore import destroy_secrets, is_destroyed
from campaigns.petitions.petitions import Petition, Stage
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signatures import Signature, State
from campaigns.petitions.withdrawn_rows import forget_withdrawals
from reports.editorial.audit import Act, record

log = logging.getLogger("upstander.retention")

BATCH = 2000

# What a stub is. Every other column is emptied or gets its default, also one that is added later.
STUB = {"id", "petition", "country", "lang", "text", "state", "slot", "created_at"}
EMPTIED = ", ".join(
    f"{field.column} = {'NULL' if field.null else 'DEFAULT'}"
    for field in Signature._meta.concrete_fields
    if field.name not in STUB
)

# Two steps, so that each goes by an index: joined to the batch, the planner would rather read the whole table.
TAKE = """
    SELECT id, state, email_key, name_key FROM signature
    WHERE petition_id = %(petition)s AND (email_key, name_key) > (%(email_key)s::bytea, %(name_key)s::bytea)
    ORDER BY email_key, name_key LIMIT %(limit)s FOR UPDATE"""
BLANK = f"""
    UPDATE signature s SET {EMPTIED}, created_at = p.opened_at FROM petition p
    WHERE s.id = ANY(%s::bigint[]) AND p.id = s.petition_id"""  # noqa: S608
DROP = "DELETE FROM signature WHERE id = ANY(%s::bigint[])"

# Whatever else is kept by mailbox and petition. A new table with an `email_key` belongs here; a test says so.
OF_MAILBOXES = ("mailbox_mail", "mail_request")
FORGET = """
    DELETE FROM {table} WHERE ctid IN (
        SELECT ctid FROM {table} WHERE petition_id = %(petition)s ORDER BY email_key LIMIT %(limit)s FOR UPDATE)"""

NUMBERS = """
    SELECT count(*) FILTER (WHERE state IN (1, 2)), count(*) FILTER (WHERE state IN (0, 3))
    FROM signature WHERE petition_id = %s AND email_key IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Signatures that count or did, and those that were never confirmed."""

    signatures: int
    unconfirmed: int


def due(now: datetime) -> list[Petition]:
    """The petitions whose personal data goes now: their time is over, or their keys are destroyed.

    A petition whose keys turn out to be destroyed without its mark, as after restoring an older dump, is marked first.
    """
    for petition in erasable():
        if petition.shredded_at is None and is_destroyed(petition.uuid):
            mark_shredded(petition, now)
    return [petition for petition in erasable() if petition.stage == Stage.CLOSED and _is_over(petition, now)]


def erase_due(now: datetime) -> int:
    """Erase the personal data of every petition whose time is over; of how many. One that fails stops only itself, and
    its error is raised when the others are done."""
    problems: list[Exception] = []
    petitions = due(now)
    for petition in petitions:
        try:
            erase(petition, now)
        except Exception as problem:
            log.error("petition %d: its personal data was not erased: %s", petition.pk, kind_of(problem))
            problems.append(problem)
    if problems:
        raise problems[0]
    return len(petitions)


def erase(petition: Petition, now: datetime) -> Numbers:
    """Erase the personal data of a closed petition for good; how many rows were blanked and deleted by this run.

    Raises KeystoreError where its secrets cannot be destroyed; then it is not marked, and a later run goes on.
    """
    sequence(petition.pk)  # what waits for the log leaves with everything it needs
    blanked = _blank_all(petition.pk)
    for table in OF_MAILBOXES:
        while _forget(table, petition.pk):
            pass
    forget_withdrawals(petition.pk)
    destroy_keys(petition)
    with transaction.atomic():
        if Petition.objects.filter(pk=petition.pk, erased_at=None).update(erased_at=now):
            _note(Act.ERASED, petition, signatures=blanked.signatures, unconfirmed=blanked.unconfirmed)
    petition.refresh_from_db(fields=["erased_at"])
    return blanked


def destroy_keys(petition: Petition) -> None:
    """Destroy everything that opens or finds what people typed. Raises KeystoreError."""
    pending_keys.destroy_all(petition.uuid)
    destroy_secrets(petition.uuid)


def mark_shredded(petition: Petition, now: datetime) -> bool:
    """Close a petition that was opened and mark its keys as destroyed, once and for good; False if it was marked."""
    with transaction.atomic():
        held = Petition.objects.select_for_update().get(pk=petition.pk)
        if held.shredded_at is not None:
            return False
        changes: dict[str, Any] = {"shredded_at": now}
        if held.stage != Stage.CLOSED:
            ended = now if held.closes_at is None else min(now, held.closes_at)
            changes |= {"stage": Stage.CLOSED, "closed_at": ended}
        Petition.objects.filter(pk=held.pk).update(**changes)
        _note(Act.SHREDDED, petition)
    petition.refresh_from_db(fields=["stage", "closed_at", "shredded_at"])
    return True


def numbers(petition: Petition) -> Numbers:
    """What would be blanked and deleted now."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [petition.pk])
        return Numbers(*cursor.fetchone())


def erasable() -> list[Petition]:
    """Petitions that were opened and not erased yet."""
    kept = Petition.objects.filter(opened_at__isnull=False, erased_at=None)
    return list(kept.select_related("campaign").order_by("pk"))


def _is_over(petition: Petition, now: datetime) -> bool:
    return petition.shredded_at is not None or (petition.erase_at is not None and petition.erase_at <= now)


def _blank_all(petition_id: int) -> Numbers:
    """Passes over the petition's rows until one finds none: a row may have moved to an earlier key meanwhile."""
    signatures = unconfirmed = 0
    while True:
        passed, after = 0, (b"", b"")
        while batch := _blank(petition_id, after):
            found, after = batch
            signatures, unconfirmed = signatures + found.signatures, unconfirmed + found.unconfirmed
            passed += 1
        if not passed:
            return Numbers(signatures, unconfirmed)


@transaction.atomic
def _blank(petition_id: int, after: tuple[bytes, bytes]) -> tuple[Numbers, tuple[bytes, bytes]] | None:
    """One batch: what became of its rows, and the last key; None at the end."""
    values: dict[str, Any] = {"petition": petition_id, "email_key": after[0], "name_key": after[1], "limit": BATCH}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        rows = cursor.fetchall()
        if not rows:
            return None
        stubs = [row[0] for row in rows if row[1] in (State.CONFIRMED, State.REMOVED)]
        others = [row[0] for row in rows if row[1] in (State.PENDING, State.HELD)]
        cursor.execute(BLANK, [stubs])
        cursor.execute(DROP, [others])
    return Numbers(len(stubs), len(others)), (bytes(rows[-1][2]), bytes(rows[-1][3]))


def _forget(table: str, petition_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FORGET.format(table=table), {"petition": petition_id, "limit": BATCH})
        return int(cursor.rowcount)


def _note(act: Act, petition: Petition, **detail: Any) -> None:
    """In the audit log, by no account: the clock or the command line did it."""
    organisation = petition.campaign.organisation_id
    record(AnonymousUser(), act, petition, organisation_id=organisation, **detail)
