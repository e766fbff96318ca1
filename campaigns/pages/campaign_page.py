"""A campaign's page: what is asked, why, and what one can do."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.demand_reading import ReadCampaign
from campaigns.demonstrations.upcoming import EventRow
from campaigns.pages.acting import ReadPetition, petitions_of
from campaigns.pages.coming import next_demonstrations
from campaigns.pages.theme_page import Ask, places_of
from reports.finding_reading import PlaceChip, ReadFinding, ReadPlace, place_chips, read_findings
from reports.models import Finding, ThemeInEdition
from reports.theme_reading import ThemeLine, list_themes, newest_of_each

DEMONSTRATIONS = 12
"""A day of action has many; the list of all demonstrations has the rest."""


@dataclass(frozen=True)
class CampaignPage:
    """All that the page of a campaign shows."""

    campaign: ReadCampaign
    petitions: list[ReadPetition]
    findings: list[ReadFinding]
    themes: list[ThemeLine]
    demonstrations: list[EventRow]

    @property
    def ask(self) -> Ask:
        """The campaign with the petition that its page puts first."""
        return Ask(self.campaign, next(iter(self.petitions), None))

    @property
    def more_petitions(self) -> list[ReadPetition]:
        """The petitions besides the first."""
        return self.petitions[1:]

    @property
    def places(self) -> list[ReadPlace]:
        """The places named in the findings, each once."""
        return places_of(self.findings)

    @property
    def place_chips(self) -> list[PlaceChip]:
        """The places under the parts they play."""
        return place_chips(self.places)


def read_campaign_page(campaign: ReadCampaign, lang: str) -> CampaignPage:
    """What hangs on the campaign; four queries besides the one that found it."""
    findings = Finding.objects.visible().filter(campaign_findings__campaign=campaign.pk)
    themes = ThemeInEdition.objects.stood_by().filter(theme__campaigns=campaign.pk)
    return CampaignPage(
        campaign=campaign,
        petitions=petitions_of([campaign.pk], lang),
        findings=read_findings(findings.order_by("campaign_findings__position", "pk"), lang),
        themes=list_themes(newest_of_each(themes).order_by("-edition__period_end", "position", "pk"), lang),
        demonstrations=next_demonstrations([campaign.pk], lang, limit=DEMONSTRATIONS),
    )
