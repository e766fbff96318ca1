"""Floods: while a limit is tripped, what is still accepted bears the number of an incident, for moderators to judge.

An incident belongs to a petition and says when, why and how much; never from where. One network's flood is one incident
of a day: which network has which is known through a counter of the day alone (`campaigns.limits`), by a hash that
nobody can read the day after. Source of the statement: PostgreSQL manual, INSERT, ON CONFLICT Clause; of any number of
processes at once one makes the incident, the others wait for its number.

How much happened is added up in each process and written once a second.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from campaigns.limits import day_hash
from campaigns.petitions.petitions import Petition
from campaigns.petitions.shown_count import whole_tens
from reports.table_rules import one_of

OVER_AFTER: Final = timedelta(hours=1)
REMEMBERED: Final = 10_000
MOST_SHOWN: Final = 5

BEGIN = """
WITH named AS (
    INSERT INTO limit_count AS c (day, kind, hash, hour, n)
    VALUES ((now() AT TIME ZONE 'UTC')::date, 'incident', %(hash)s, -1,
            nextval(pg_get_serial_sequence('flood_incident', 'id')))
    ON CONFLICT (day, kind, hash, hour) DO UPDATE SET n = c.n
    RETURNING n
), made AS (
    INSERT INTO flood_incident (id, petition_id, kind) SELECT n, %(petition)s::int, %(kind)s::text FROM named
    ON CONFLICT (id) DO NOTHING
)
SELECT n FROM named
"""
WRITE = """
UPDATE flood_incident i
SET last_at = now(), by_proof = i.by_proof + d.by_proof, by_code = i.by_code + d.by_code, asked = i.asked + d.asked
FROM unnest(%(ids)s::int[], %(by_proof)s::int[], %(by_code)s::int[], %(asked)s::int[])
     AS d (id, by_proof, by_code, asked)
WHERE i.id = d.id
"""


class FloodKind(models.TextChoices):
    """Why more was asked than usual."""

    NETWORK = "network", pgettext_lazy("why a flood is one", "many posts from one network")
    CROWD = "crowd", pgettext_lazy("why a flood is one", "many posts from everywhere")
    UNCONFIRMED = "unconfirmed", pgettext_lazy("why a flood is one", "hardly any mail is confirmed")


class FloodIncident(models.Model):
    """A time in which a petition asked for more than usual. `asked`: answers that stored nothing; `by_proof` and
    `by_code`: signatures accepted after a proof of work, or to be confirmed by a typed code alone."""

    id = models.AutoField(primary_key=True)
    petition = models.ForeignKey(Petition, models.CASCADE, related_name="flood_incidents")
    kind = models.CharField(pgettext_lazy("flood", "why"), max_length=11, choices=FloodKind)
    since = models.DateTimeField(pgettext_lazy("flood", "since"), db_default=Now())
    last_at = models.DateTimeField(pgettext_lazy("flood", "last seen"), db_default=Now())
    by_proof = models.IntegerField(pgettext_lazy("flood", "accepted after a proof of work"), db_default=0)
    by_code = models.IntegerField(pgettext_lazy("flood", "accepted, to be confirmed by code"), db_default=0)
    asked = models.IntegerField(pgettext_lazy("flood", "asked for more"), db_default=0)
    # When the worker last found that hardly any mail is confirmed; see `campaigns.petitions.confirm_rates`.
    judged_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        db_table = "flood_incident"
        verbose_name = pgettext_lazy("flood", "flood")
        verbose_name_plural = pgettext_lazy("floods", "floods")
        indexes = [
            # What goes on now, asked every few seconds by each process and at each look at the desk.
            models.Index(fields=["last_at"], name="flood_incident_last"),
        ]
        constraints = [
            one_of("kind", FloodKind, "flood_incident_kind"),
            models.CheckConstraint(condition=Q(by_proof__gte=0, by_code__gte=0, asked__gte=0), name="flood_numbers"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def told(self) -> dict[str, int]:
        """Its numbers as they are told; `accepted` is both ways together. In safe mode in whole tens."""
        numbers = {"asked": self.asked, "by_proof": self.by_proof, "by_code": self.by_code}
        numbers["accepted"] = self.by_proof + self.by_code
        tell = whole_tens if self.petition.safe_mode else int
        return {name: tell(number) for name, number in numbers.items()}

    @property
    def goes_on(self) -> bool:
        """Whether it was seen within the hour."""
        return self.last_at > timezone.now() - OVER_AFTER


@dataclass(frozen=True, slots=True)
class Admission:
    """How a signature came in: the incident it belongs to, if any, and whether only a typed code may confirm it."""

    incident_id: int | None = None
    code_only: bool = False


ADMITTED: Final = Admission()

_known: OrderedDict[bytes, int] = OrderedDict()
_happened: dict[int, Counter[str]] = {}
_guard = threading.Lock()


def incident_of(petition_id: int, kind: FloodKind, where: bytes = b"") -> int:
    """The number of the incident, begun if it is none yet. Asks the database once in each process, and once a day.

    `where` is the network, and is only hashed. Raises DatabaseError.
    """
    hash = day_hash(b"incident", petition_id.to_bytes(8, "big"), kind.value.encode(), where)
    with _guard:
        known = _known.get(hash)
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, {"hash": hash, "petition": petition_id, "kind": kind.value})
        begun = int(cursor.fetchone()[0])
    with _guard:
        _known[hash] = begun
        while len(_known) > REMEMBERED:
            _known.popitem(last=False)
    return begun


def note(incident_id: int, what: str) -> None:
    """`asked`, `by_proof` or `by_code` happened once more."""
    with _guard:
        _happened.setdefault(incident_id, Counter())[what] += 1


def write_notes() -> None:
    """Write what has happened since the last time. Raises DatabaseError; then it is written the next time."""
    with _guard:
        happened = dict(_happened)
        _happened.clear()
    if not happened:
        return
    ids = sorted(happened)
    values: dict[str, Any] = {what: [happened[id][what] for id in ids] for what in ("by_proof", "by_code", "asked")}
    try:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, {"ids": ids, **values})
    except BaseException:
        with _guard:
            for id, numbers in happened.items():
                _happened.setdefault(id, Counter()).update(numbers)
        raise


def forget_incidents() -> None:
    """Know nothing of any incident."""
    with _guard:
        _known.clear()
        _happened.clear()


def going_on(petition_id: int) -> list[FloodIncident]:
    """The incidents of a petition seen within the hour, newest first."""
    since = timezone.now() - OVER_AFTER
    found = FloodIncident.objects.filter(petition=petition_id, last_at__gt=since).select_related("petition")
    return list(found.order_by("-pk")[:MOST_SHOWN])
