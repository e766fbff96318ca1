"""The numbers that are shown. Only the sequencer moves them, together with the log; nothing counts rows for one."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, models
from django.db.models import Q

from reports.table_rules import one_of


class TallyKind(models.TextChoices):
    """What is counted. The total has the empty key."""

    TOTAL = "total"
    COUNTRY = "country"
    LANG = "lang"


Tally = tuple[TallyKind, str]
TOTAL: Tally = (TallyKind.TOTAL, "")


class PetitionTally(models.Model):
    """One number of a petition."""

    pk = models.CompositePrimaryKey("petition_id", "kind", "key")
    petition_id = models.IntegerField()
    kind = models.CharField(max_length=8, choices=TallyKind)
    key = models.CharField(max_length=12, blank=True)
    n = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "petition_tally"
        constraints = [
            one_of("kind", TallyKind, "petition_tally_kind"),
            models.CheckConstraint(condition=Q(n__gte=0), name="petition_tally_never_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.kind} {self.key}: {self.n}"


def total(petition_id: int) -> int:
    """The petition's number as its log has it."""
    found = PetitionTally.objects.filter(petition_id=petition_id, kind=TallyKind.TOTAL).values_list("n", flat=True)
    return found.first() or 0


def totals(petition_ids: list[int]) -> dict[int, int]:
    """The numbers of several petitions in one query; those without any are 0."""
    rows = PetitionTally.objects.filter(petition_id__in=petition_ids, kind=TallyKind.TOTAL)
    return dict.fromkeys(petition_ids, 0) | dict(rows.values_list("petition_id", "n"))


def by_country(petition_id: int) -> dict[str, int]:
    """Exact numbers by country code, for the inside: what is published of areas is rounded and daily."""
    rows = PetitionTally.objects.filter(petition_id=petition_id, kind=TallyKind.COUNTRY, n__gt=0)
    return dict(rows.values_list("key", "n"))


def move(petition_id: int, changes: Mapping[Tally, int]) -> None:
    """Add to the numbers of a petition, inside the sequencer's transaction and under its lock.

    Two statements, since an upsert would hold a negative change to the rule that no number is below zero.
    """
    moving = {tally: change for tally, change in changes.items() if change}
    kinds, keys = [kind.value for kind, _key in moving], [key for _kind, key in moving]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO petition_tally (petition_id, kind, key) SELECT %s, * FROM unnest(%s::text[], %s::text[]) "
            "ON CONFLICT DO NOTHING",
            [petition_id, kinds, keys],
        )
        cursor.execute(
            "UPDATE petition_tally t SET n = t.n + c.n "
            "FROM unnest(%s::text[], %s::text[], %s::bigint[]) c(kind, key, n) "
            "WHERE t.petition_id = %s AND t.kind = c.kind AND t.key = c.key",
            [kinds, keys, list(moving.values()), petition_id],
        )
