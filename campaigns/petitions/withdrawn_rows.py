"""Who withdrew after the list of signatories was handed out: those rows have to go from every copy of it too.

Of such a withdrawal the name that the list knows the row by is kept (`campaigns.petitions.external_ids`), and the day:
nothing else could tell the organisers what to delete. It leads to nobody who does not hold the list, and goes with the
petition's personal data. In safe mode no list has rows.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from campaigns.keystore import KeystoreError, secrets_of
from campaigns.petitions.external_ids import LENGTH, external_id

NOTE = """
INSERT INTO withdrawn_row (petition_id, external_id, withdrawn_on)
SELECT id, %(name)s, (now() AT TIME ZONE 'UTC')::date FROM petition
WHERE id = %(petition)s AND exported_at >= %(confirmed_at)s AND NOT safe_mode AND erased_at IS NULL
ON CONFLICT DO NOTHING
"""


class WithdrawnRow(models.Model):
    """One row of a list that was handed out."""

    pk = models.CompositePrimaryKey("petition_id", "external_id")
    petition_id = models.IntegerField()
    external_id = models.CharField(max_length=LENGTH)
    withdrawn_on = models.DateField()

    class Meta:
        db_table = "withdrawn_row"
        constraints = [
            models.CheckConstraint(condition=Q(external_id__regex=r"^[0-9a-f]{32}$"), name="withdrawn_row_id")
        ]

    def __str__(self) -> str:
        return f"{self.petition_id}"


def note_withdrawal(petition_id: int, petition: UUID, signature_id: int, confirmed_at: datetime | None) -> None:
    """Keep what its row is called, if a list may hold it; in the transaction that deletes the signature.

    Where the petition's keys are gone, nobody can tell any more what it is called, and nothing is kept.
    """
    with contextlib.suppress(KeystoreError):
        name = external_id(secrets_of(petition), signature_id)
        with connection.cursor() as cursor:
            cursor.execute(NOTE, {"petition": petition_id, "name": name, "confirmed_at": confirmed_at})


def rows_to_delete(petition_id: int) -> list[str]:
    """What rows are called that must go from every copy of the list, the latest first."""
    found = WithdrawnRow.objects.filter(petition_id=petition_id).order_by("-withdrawn_on", "external_id")
    return list(found.values_list("external_id", flat=True))


def forget_withdrawals(petition_id: int) -> None:
    """Keep nothing of a petition whose personal data goes."""
    WithdrawnRow.objects.filter(petition_id=petition_id).delete()
