"""How many signatures of a petition count, wait, are held or were taken out: for its organisers alone.

What counts is the log's own number. Held and removed rows are few and have an index of their own. Who waits is counted
among the newest rows of the whole table only: an index for that would cost every signer, and a look at millions of rows
every visit to the desk.

In safe mode the desk is no better place to watch a signature arrive than the public page: what counts is told in whole
tens, as the log has it, and who waits is not told at all. Nine posts of one's own would show when the tenth comes.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from campaigns.petitions.petitions import Petition
from campaigns.petitions.shown_count import whole_tens
from campaigns.petitions.signatures import State
from campaigns.petitions.tallies import total

LOOKED_AT = 50_000

NUMBERS = """
SELECT (SELECT count(*) FROM signature WHERE petition_id = %(petition)s AND state = 3),
       (SELECT count(*) FROM signature WHERE petition_id = %(petition)s AND state = 2),
       (SELECT count(*) FROM (SELECT petition_id, state FROM signature ORDER BY id DESC LIMIT %(most)s) newest
        WHERE petition_id = %(petition)s AND state = 0),
       NOT EXISTS (SELECT FROM signature ORDER BY id DESC OFFSET %(most)s LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """`pending` is None in safe mode. `pending_exact` is False where more rows lie behind the newest ones that were
    looked at."""

    counted: int
    pending: int | None
    held: int
    removed: int
    pending_exact: bool

    @property
    def rows(self) -> list[tuple[State, int]]:
        """By state, in the order of a signature's life."""
        waiting = [] if self.pending is None else [(State.PENDING, self.pending)]
        return [
            *waiting,
            (State.CONFIRMED, self.counted),
            (State.HELD, self.held),
            (State.REMOVED, self.removed),
        ]


def numbers_of(petition: Petition, most: int = LOOKED_AT) -> Numbers:
    """The numbers of a petition, in two statements whatever its size."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, {"petition": petition.pk, "most": most})
        held, removed, pending, exact = cursor.fetchone()
    counted = total(petition.pk)
    if petition.safe_mode:
        return Numbers(whole_tens(counted), None, whole_tens(held), whole_tens(removed), pending_exact=True)
    return Numbers(counted, pending, held, removed, exact)
