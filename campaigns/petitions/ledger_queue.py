"""What waits to enter a petition's log, and what entered it.

Confirming and withdrawing write to the queue; only the sequencer takes from it (`campaigns.petitions.sequencing`).
Invariants, kept by unique keys:

- a signature has at most one entry waiting, and at most one leaf;
- a leaf says whether it counts now: `sign` 1 -> `remove` 0 -> `restore` 1, in no other order;
- the sum of what counts is the petition's total, except for removals that still wait.

The tables refer to signatures without foreign keys: rows leave on withdrawal while their leaves stay, and a check
would lock the signature row.
"""

from __future__ import annotations

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now

from reports.table_rules import one_of


class Kind(models.TextChoices):
    """What an entry does. All but `country` become entries of the log; that one only moves a tally."""

    SIGN = "sign"
    REMOVE = "remove"
    RESTORE = "restore"
    PAPER = "paper"
    COUNTRY = "country"


class Reason(models.TextChoices):
    """Why something no longer counts. `withdrawn` and `lost` are final, `invalid` can be restored."""

    WITHDRAWN = "withdrawn"
    LOST = "lost"
    INVALID = "invalid"


class LedgerHead(models.Model):
    """Where a petition's log stands: `size` entries. Whoever writes to the log holds this row's lock."""

    petition = models.OneToOneField("petitions.Petition", models.PROTECT, primary_key=True, related_name="ledger_head")
    size = models.BigIntegerField(db_default=0)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_head"
        constraints = [models.CheckConstraint(condition=Q(size__gte=0), name="ledger_head_size")]

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.size}"


class LeafQueue(models.Model):
    """An entry that waits for the sequencer. `target` is the entry that a removal or a restoration is about."""

    petition_id = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    signature_id = models.BigIntegerField(null=True, unique=True)
    target = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=10, choices=Reason, db_default="")
    n = models.IntegerField(db_default=1)
    country = models.CharField(max_length=2, null=True)  # noqa: DJ001  paper sheets may name none
    lang = models.CharField(max_length=12, null=True)  # noqa: DJ001
    queued_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "leaf_queue"
        indexes = [
            # The sequencer's look at what waits for each petition, and its batch in order of arrival.
            models.Index(fields=["petition_id", "id"], name="leaf_queue_batch"),
        ]
        constraints = [
            one_of("kind", Kind, "leaf_queue_kind"),
            models.CheckConstraint(condition=Q(n__gte=1), name="leaf_queue_number"),
            models.CheckConstraint(
                condition=Q(kind=Kind.SIGN, signature_id__isnull=False, target=None, n=1)
                | Q(kind=Kind.PAPER, signature_id=None, target=None)
                | Q(kind__in=[Kind.REMOVE, Kind.RESTORE, Kind.COUNTRY], target__isnull=False),
                name="leaf_queue_shape",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.REMOVE, reason__in=Reason.values) | (~Q(kind=Kind.REMOVE) & Q(reason="")),
                name="leaf_queue_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.kind}"


class LeafRow(models.Model):
    """A `sign` or `paper` entry of the log: whose it is, and whether and where it counts now."""

    pk = models.CompositePrimaryKey("petition_id", "entry_index")
    petition_id = models.IntegerField()
    entry_index = models.BigIntegerField()
    signature_id = models.BigIntegerField(null=True, unique=True)
    n = models.IntegerField(db_default=1)
    country = models.CharField(max_length=2, null=True)  # noqa: DJ001
    lang = models.CharField(max_length=12, null=True)  # noqa: DJ001
    counted = models.BooleanField(db_default=True)

    class Meta:
        db_table = "leaf_row"
        constraints = [
            models.CheckConstraint(condition=Q(n__gte=1) & Q(entry_index__gte=0), name="leaf_row_numbers"),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.entry_index}"


def take_back(signature_id: int, reason: Reason) -> None:
    """Make a signature count no more, once the caller holds its row's lock in a transaction.

    What still waits is dropped: nobody ever saw it. What counts gets a `remove`, which takes the numbers as the leaf
    counted them. A withdrawn leaf is forgotten: the log keeps its entry, and nothing leads to the person.
    """
    forget = reason != Reason.INVALID
    with connection.cursor() as cursor:
        # A sequencer that has this entry in hand commits first; then the leaf is there to be found.
        cursor.execute("DELETE FROM leaf_queue WHERE signature_id = %s", [signature_id])
        cursor.execute(
            """
            INSERT INTO leaf_queue (petition_id, kind, signature_id, target, reason, n, country, lang)
            SELECT petition_id, 'remove', CASE WHEN %s::bool THEN NULL ELSE signature_id END, entry_index, %s::text,
                   n, country, lang
            FROM leaf_row WHERE signature_id = %s AND counted
            """,
            [forget, reason.value, signature_id],
        )
        if forget:
            cursor.execute("DELETE FROM leaf_row WHERE signature_id = %s", [signature_id])


def put_back(signature_id: int) -> None:
    """Make a signature count again that was taken back as invalid, under the lock of its row in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM leaf_queue WHERE signature_id = %s AND kind = 'remove'", [signature_id])
        if cursor.rowcount:
            return  # nobody saw the removal
        cursor.execute(
            """
            INSERT INTO leaf_queue (petition_id, kind, signature_id, target, country, lang)
            SELECT s.petition_id, CASE WHEN l.entry_index IS NULL THEN 'sign' ELSE 'restore' END, s.id, l.entry_index,
                   s.country, s.lang
            FROM signature s LEFT JOIN leaf_row l ON l.signature_id = s.id
            WHERE s.id = %s AND l.counted IS NOT TRUE
            """,
            [signature_id],
        )


def move_country(signature_id: int, country: str) -> None:
    """Count a confirmed signature under another country, once the caller holds its row's lock in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leaf_queue SET country = %s WHERE signature_id = %s", [country, signature_id])
        if cursor.rowcount == 0:
            cursor.execute(
                """
                INSERT INTO leaf_queue (petition_id, kind, signature_id, target, n, country, lang)
                SELECT petition_id, 'country', signature_id, entry_index, n, %s, lang
                FROM leaf_row WHERE signature_id = %s AND counted
                """,
                [country, signature_id],
            )
