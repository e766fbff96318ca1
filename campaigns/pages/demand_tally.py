"""How many of the demands that a page is about are open, and how many are met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from campaigns.demand_reading import ReadDemand
from campaigns.demand_statements import PENDING
from campaigns.demands import DemandState


@dataclass(frozen=True)
class DemandTally:
    """Three numbers; together they are all demands. What is met in part is still open."""

    open: int
    met: int
    ended: int

    @property
    def all(self) -> int:
        """How many there are."""
        return self.open + self.met + self.ended


def tally(demands: Iterable[ReadDemand]) -> DemandTally:
    """Counts each demand once, however many campaigns ask for it."""
    standings = list({demand.pk: demand.standing for demand in demands}.values())
    pending, met = sum(one in PENDING for one in standings), standings.count(DemandState.MET)
    return DemandTally(open=pending, met=met, ended=len(standings) - pending - met)
