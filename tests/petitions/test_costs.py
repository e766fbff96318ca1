"""What keeps the cost of a signature the same, however many there are: few indexes, and statements that use them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from campaigns.petitions import mail_claims
from campaigns.petitions.confirming import CONFIRM
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signing import SIGN
from tests.petitions.cast import post

ROWS = 20_000
FILL = """
INSERT INTO signature (petition_id, email_key, name_key, seed, blob, country, lang, text_id)
SELECT %s, decode(md5('e' || i), 'hex'), substr(decode(md5('n' || i), 'hex'), 1, 8), decode(md5('s' || i), 'hex'),
       decode(repeat('ab', 157), 'hex'), 'NL', 'en', %s
FROM generate_series(1, %s) i
"""
WAL_BYTES = 1500  # measured: about 640 for the row and its three entries; the rest is for a page that splits


@pytest.fixture
def many(petition: Petition) -> Petition:
    """A petition with many signatures."""
    text = petition.text_versions.get()
    with connection.cursor() as cursor:
        cursor.execute(FILL, [petition.pk, text.pk, ROWS])
        cursor.execute("ANALYZE signature")
    return petition


def plan(statement: str, values: dict[str, Any]) -> str:
    """How PostgreSQL runs it; it is run."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, WAL, COSTS OFF, TIMING OFF) {statement}", values)
        return "\n".join(row[0] for row in cursor.fetchall())


def signing(petition: Petition, person: int) -> dict[str, Any]:
    return {
        "petition": petition.pk,
        "email_key": person.to_bytes(16, "big"),
        "name_key": person.to_bytes(8, "big"),
        "seed": bytes(16),
        "blob": bytes(157),
        "country": "NL",
        "lang": "en",
        "text": petition.text_versions.get().pk,
        "incident": None,
        "code_only": False,
    }


def walks(found: str) -> list[str]:
    """Tables that are read from end to end, but for the small ones that only hold what waits."""
    return [table for table in re.findall(r"Seq Scan on (\w+)", found) if table == "signature"]


def test_signing_reads_its_mailbox_and_writes_a_row(many: Petition) -> None:
    found = plan(SIGN, signing(many, 1))
    assert "Index" in found
    assert not walks(found)
    assert "Conflicting Tuples: 0" in found


def test_a_signature_writes_little_into_the_log(many: Petition) -> None:
    plan(SIGN, signing(many, 1))  # pages touched first are written whole, which is the checkpoint's cost
    sizes = []
    for person in range(2, 40):
        (size,) = re.findall(r"WAL: .*?bytes=(\d+)", plan(SIGN, signing(many, person)))[:1] or ["0"]
        sizes.append(int(size))
    assert 0 < sorted(sizes)[len(sizes) // 2] < WAL_BYTES


def test_confirming_finds_its_row_by_key(many: Petition) -> None:
    row = post(many)
    found = plan(
        CONFIRM, {"id": row.pk, "petition": many.pk, "email_key": bytes(row.email_key or b""), "consent": None}
    )
    assert not walks(found)


@pytest.mark.parametrize("statement", [mail_claims.TAKE_NEW, mail_claims.TAKE_AGAIN, mail_claims.DUE])
def test_the_mailer_reads_what_is_due_and_no_more(statement: str, many: Petition) -> None:
    post(many)
    found = plan(statement, {"limit": 100, "lease": timedelta(minutes=5)})
    assert not walks(found)


def test_the_table_has_the_fewest_indexes(petition: Petition) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'signature' ORDER BY indexname")
        names = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'signature' AND indexdef NOT LIKE '% WHERE %'"
        )
        whole = {row[0] for row in cursor.fetchall()}
    assert whole == {"signature_pkey", "signature_person"}  # the others hold only the rows that wait for something
    assert set(names) >= {"signature_due", "signature_slot"}
