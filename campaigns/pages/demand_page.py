"""A demand's page: the evidence it stands on, the petitions that carry it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from campaigns.demand_reading import ReadCampaign, ReadDemand, find_demand, read_campaigns
from campaigns.demonstrations.upcoming import EventRow, demonstrations_of, event_row
from campaigns.models import Campaign
from campaigns.pages.acting import ReadPetition, petitions_of
from campaigns.pages.coming import MENTIONED
from campaigns.pages.demand_ledger import Moment, ledger
from reports.finding_reading import ReadFinding, read_findings
from reports.models import Finding

IN_LEDGER: Final = 200
"""The latest demonstrations; a day of action has many."""


@dataclass(frozen=True)
class DemandPage:
    """All that the page of a demand shows."""

    demand: ReadDemand
    findings: list[ReadFinding]
    campaigns: list[ReadCampaign]
    petitions: list[ReadPetition]
    demonstrations: list[EventRow]
    ledger: list[Moment]


def read_demand_page(uid: str, lang: str) -> DemandPage | None:
    """The page of a public demand, None if there is none; five queries."""
    demand = find_demand(uid, lang)
    if demand is None:
        return None
    findings = Finding.objects.visible().filter(demand_findings__demand=demand.pk)
    campaigns = Campaign.objects.visible().filter(campaign_demands__demand=demand.pk).order_by("-featured", "pk")
    read = read_campaigns(campaigns, lang)
    carried_by = [campaign.pk for campaign in read]
    petitions = petitions_of(carried_by, lang)
    demonstrations = demonstrations_of(carried_by, lang, IN_LEDGER)
    coming = [one for one in reversed(demonstrations) if not one.is_past]
    return DemandPage(
        demand=demand,
        findings=read_findings(findings.order_by("demand_findings__position", "pk"), lang),
        campaigns=read,
        petitions=petitions,
        demonstrations=[event_row(one) for one in coming[:MENTIONED]],
        ledger=ledger(demand, petitions, demonstrations),
    )
