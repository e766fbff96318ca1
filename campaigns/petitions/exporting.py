"""Exporting who signed: a CSV that is written while it is read, so that a million rows cost no more memory than two
thousand, and a download that is broken off leaves nothing behind.

Rows are read in batches by the key of the table's own index, each a short statement on a connection that goes back
before anything is sent: a slow reader holds no snapshot and no place in the pool. The database reads the next batch
while the one before it is opened (psycopg manual, "Pipeline mode support"). Rows confirmed after the cut-off are left
out; what was withdrawn meanwhile is not in a later batch.

RFC 4180, CRLF, UTF-8. Names and addresses are always quoted, and one that a spreadsheet would take for a formula gets
an apostrophe before it (OWASP, CSV Injection).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count

from campaigns.keystore import PetitionSecrets, secrets_of
from campaigns.petitions.consent import ConsentText
from campaigns.petitions.external_ids import external_ids
from campaigns.petitions.ledger_queue import Kind, LeafQueue, LeafRow, Reason
from campaigns.petitions.petitions import Petition
from campaigns.petitions.shown_count import whole_tens
from campaigns.sealing import unseal_many

COLUMNS = ("id", "confirmed_on", "name", "email", "country", "language", "petition_text", "updates", "consent_text")
"""The promise to whoever reads the file: columns are only ever added, at the end."""
ALL_COLUMNS = (*COLUMNS, "consent_on", "place", "comment")
HEADER = ",".join(ALL_COLUMNS) + "\r\n"
SAFE_COLUMNS = ("country", "language", "signatures")
"""In safe mode nothing is known of anybody: only numbers can be handed out."""
BOM = "\ufeff"
BATCH = 1000
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # the wide ones are signs to spreadsheets in East Asia

BATCH_OF_ROWS = """
SELECT id, email_key || name_key, blob, (confirmed_at AT TIME ZONE 'UTC')::date::text, country, lang, text_id,
       consent_text_id, (consent_at AT TIME ZONE 'UTC')::date::text
FROM signature
WHERE petition_id = %s AND state = 1 AND blob IS NOT NULL AND confirmed_at <= %s
  AND (email_key, name_key) > (%s::bytea, %s::bytea)
ORDER BY email_key, name_key LIMIT %s
"""
KEY = 16  # bytes of the first part of the key


@dataclass(frozen=True)
class Export:
    """One export: whose petition, up to when, and whether it begins with a byte order mark."""

    petition: Petition
    cut_off: datetime
    bom: bool = False

    def chunks(self) -> Iterator[bytes]:
        """The file in pieces of at most `BATCH` rows. Raises KeystoreError and CannotOpen, which name no person.

        The secrets are asked for anew with each piece: when they are destroyed, a download that runs breaks off.
        """
        return self._numbers() if self.petition.safe_mode else self._people()

    def _numbers(self) -> Iterator[bytes]:
        """In safe mode: how many the log counts, by country and language, in whole tens; the rest in a last line.

        Not the rows themselves: two exports a minute apart would tell of one person when and from where.
        """
        found = _in_the_log(self.petition.pk)
        tens = [(*key, whole_tens(number)) for key, number in sorted(found.items())]
        rest = found.total() - sum(number for *_, number in tens)
        rows = [row for row in (*tens, ("", "", whole_tens(rest))) if row[2]]
        lines = [",".join(SAFE_COLUMNS), *[f"{country},{lang},{number}" for country, lang, number in rows]]
        yield ((BOM if self.bom else "") + "".join(f"{line}\r\n" for line in lines)).encode()

    def _people(self) -> Iterator[bytes]:
        secrets_of(self.petition.uuid)
        labels = _Labels.of(self.petition)
        yield ((BOM if self.bom else "") + HEADER).encode()
        with self._asked(bytes(KEY)) as found:
            rows = found()
        while rows:
            if not labels.name_all(rows):  # somebody agreed meanwhile to a wording that was not there at first
                labels = _Labels.of(self.petition)
            with self._asked(rows[-1][1]) as found:
                piece = _lines(secrets_of(self.petition.uuid), labels, rows).encode()
                rows = found()
            yield piece

    @contextmanager
    def _asked(self, after: bytes) -> Iterator[Callable[[], list[Any]]]:
        """Ask for the rows after a key (email_key ‖ name_key); what it gives waits for them. The connection is given
        back at the end."""
        try:
            connection.ensure_connection()
            # Binary: the keys and the blob come as they are, not as hexadecimal to be read again.
            with connection.connection.pipeline(), connection.connection.cursor(binary=True) as cursor:
                values = [self.petition.pk, self.cut_off, after[:KEY], after[KEY:], BATCH]
                cursor.execute(BATCH_OF_ROWS, values)
                yield cursor.fetchall
        finally:
            connection.close()


def _in_the_log(petition_id: int) -> Counter[tuple[str, str]]:
    """How many signatures the log counts, by country and language: also those whose withdrawal it has not told yet."""
    leaves = LeafRow.objects.filter(petition_id=petition_id, counted=True, signature_id__isnull=False)
    leaving = LeafQueue.objects.filter(petition_id=petition_id, kind=Kind.REMOVE, reason=Reason.WITHDRAWN)
    found: Counter[tuple[str, str]] = Counter()
    for entries in (leaves, leaving):
        for country, lang, number in entries.values_list("country", "lang").annotate(number=Count("petition_id")):
            found[country or "", lang or ""] += number
    return found


@dataclass(frozen=True)
class _Labels:
    """What the numbers in a row stand for."""

    texts: dict[int, str]
    consents: dict[int | None, str]

    @classmethod
    def of(cls, petition: Petition) -> _Labels:
        """The wordings that were signed and those that were agreed to, few of each."""
        texts = dict(petition.text_versions.values_list("pk", "sha256"))
        asked = ConsentText.objects.filter(organisation=petition.campaign.organisation_id)
        consents: dict[int | None, str] = {text.pk: f"yes,{text.lang}/{text.version}" for text in asked}
        return cls(texts, consents | {None: "no,"})

    def name_all(self, rows: list[Any]) -> bool:
        """Whether each consent in these rows is known."""
        return all(row[7] in self.consents for row in rows)


def _lines(secrets: PetitionSecrets, labels: _Labels, rows: list[Any]) -> str:
    names = external_ids(secrets, [row[0] for row in rows])
    opened = unseal_many(secrets.seal, secrets.petition, [(row[1], row[2]) for row in rows])
    texts, consents = labels.texts, labels.consents
    return "".join(
        [
            f"{name},{day},{cell(said['name'])},{cell(said['email'])},{country},{lang},{texts[text]},{consents[consent]},"
            f"{since or ''},{cell(said.get('place', ''))},{cell(said.get('comment', ''))}\r\n"
            for name, said, (_, _, _, day, country, lang, text, consent, since) in zip(names, opened, rows, strict=True)
        ]
    )


def cell(text: str) -> str:
    """A quoted cell that no spreadsheet takes for a formula."""
    if text[:1] in FORMULA:
        text = f"'{text}"
    return f'"{text}"' if '"' not in text else '"' + text.replace('"', '""') + '"'
