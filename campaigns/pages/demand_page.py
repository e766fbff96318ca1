"""A demand's page: the evidence it stands on, the petitions that carry it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.demand_reading import ReadCampaign, ReadDemand, read_campaigns, read_demands
from campaigns.demonstrations.upcoming import EventRow
from campaigns.models import Campaign, Demand
from campaigns.pages.acting import ReadPetition, petitions_of
from campaigns.pages.coming import next_demonstrations
from reports.editorial.publishing import State
from reports.finding_reading import ReadFinding, read_findings
from reports.models import Finding


@dataclass(frozen=True)
class DemandPage:
    """All that the page of a demand shows."""

    demand: ReadDemand
    findings: list[ReadFinding]
    campaigns: list[ReadCampaign]
    petitions: list[ReadPetition]
    demonstrations: list[EventRow]


def read_demand_page(uid: str, lang: str) -> DemandPage | None:
    """The page of a public demand, None if there is none; five queries."""
    demand = next(iter(read_demands(Demand.objects.visible().filter(uid=uid), lang)), None)
    if demand is None:
        return None
    findings = Finding.objects.visible().filter(demand_findings__demand=demand.pk)
    campaigns = Campaign.objects.visible().filter(campaign_demands__demand=demand.pk).order_by("-featured", "pk")
    read = read_campaigns(campaigns, lang)
    carried_by = [campaign.pk for campaign in read]
    return DemandPage(
        demand=demand,
        findings=read_findings(findings.order_by("demand_findings__position", "pk"), lang),
        campaigns=read,
        petitions=petitions_of(carried_by, lang),
        demonstrations=next_demonstrations(carried_by, lang),
    )


def was_removed(uid: str) -> bool:
    """Whether the demand had to be removed."""
    return Demand.objects.filter(uid=uid, state=State.REMOVED).exists()
