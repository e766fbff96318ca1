"""A theme's page: what the report found, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.demand_reading import ReadCampaign, ReadDemand, read_campaigns
from campaigns.demonstrations.upcoming import EventRow
from campaigns.models import Campaign
from campaigns.pages.acting import ReadPetition, petitions_of
from campaigns.pages.coming import next_demonstrations
from campaigns.pages.demand_tally import DemandTally, tally
from campaigns.petitions.petitions import Stage
from reports.editorial.publishing import State
from reports.finding_reading import ReadFinding, ReadPlace, read_findings
from reports.findings import PlaceRole
from reports.models import Finding
from reports.theme_reading import ReadTheme

MOST_IN_A_SENTENCE: Final = 20


@dataclass(frozen=True)
class Ask:
    """A campaign with the petition that stands for it on the page."""

    campaign: ReadCampaign
    petition: ReadPetition | None

    @property
    def is_over(self) -> bool:
        """Whether its petition has come to its end."""
        return self.petition is not None and self.petition.stage == Stage.CLOSED


@dataclass(frozen=True)
class ThemePage:
    """All that the page of a theme shows."""

    theme: ReadTheme
    findings: list[ReadFinding]
    asks: list[Ask]
    demonstrations: list[EventRow]

    @property
    def lead(self) -> Ask | None:
        """The campaign that the page puts first; none if all are over."""
        return leading(self.asks)

    @property
    def other_asks(self) -> list[Ask]:
        """The campaigns besides the first."""
        return [ask for ask in self.asks if ask is not self.lead]

    @property
    def demands(self) -> list[ReadDemand]:
        """What the first campaign asks; where all are over, what all of them asked."""
        leading = [self.lead] if self.lead else self.asks
        return list({demand.pk: demand for ask in leading for demand in ask.campaign.demands}.values())

    @property
    def tally(self) -> DemandTally:
        """How many of the demands of all campaigns on the theme are open and met."""
        return tally(demand for ask in self.asks for demand in ask.campaign.demands)

    @property
    def places(self) -> list[ReadPlace]:
        """The places named in the findings, each once."""
        return places_of(self.findings)

    @property
    def map_in_words(self) -> str:
        """What its map shows, in a sentence: the places named, and those named only for what their authorities did."""
        named, actors = _named_and_actors(self.findings)
        sentences = [_("Map of the world. Named in the findings: %(places)s.") % {"places": _listed(named)}] * bool(
            named
        )
        if actors:
            sentences.append(_("Named only for what their authorities did: %(places)s.") % {"places": _listed(actors)})
        return " ".join(sentences)


def read_theme_page(theme: ReadTheme, lang: str) -> ThemePage:
    """What hangs on the theme; four queries besides the one that found it."""
    findings = Finding.objects.visible().exclude(state=State.RETRACTED).filter(finding_themes__theme=theme.pk)
    campaigns = Campaign.objects.visible().filter(themes=theme.theme_id).order_by("-featured", "pk")
    read = read_campaigns(campaigns, lang)
    return ThemePage(
        theme=theme,
        findings=read_findings(findings.order_by("finding_themes__position", "pk"), lang),
        asks=asks_of(read, lang),
        demonstrations=next_demonstrations([campaign.pk for campaign in read], lang),
    )


def asks_of(campaigns: list[ReadCampaign], lang: str) -> list[Ask]:
    """Each campaign with its petition: first those that can be signed, last those that are over; one query."""
    petitions = petitions_of([campaign.pk for campaign in campaigns], lang)
    by_campaign: dict[int, ReadPetition] = {}
    for petition in petitions:
        by_campaign.setdefault(petition.campaign_id, petition)
    asks = [Ask(campaign, by_campaign.get(campaign.pk)) for campaign in campaigns]
    return sorted(asks, key=lambda ask: 2 if ask.is_over else 0 if ask.petition and ask.petition.is_open else 1)


def leading(asks: list[Ask]) -> Ask | None:
    """The first of them that is not over."""
    return next((ask for ask in asks if not ask.is_over), None)


def places_of(findings: Iterable[ReadFinding]) -> list[ReadPlace]:
    """The places named in these findings, each once, by name."""
    named = {place.code: place for finding in findings for place in finding.places}
    return sorted(named.values(), key=lambda place: place.name.casefold())


def _named_and_actors(findings: Iterable[ReadFinding]) -> tuple[list[str], list[str]]:
    """Names of places: those with any part but that of the actor, and those with that part alone; each by name."""
    found = [place for finding in findings for place in finding.places]
    named = {place.name for place in found if set(place.roles) != {PlaceRole.ACTOR}}
    actors = {place.name for place in found} - named
    return sorted(named, key=str.casefold), sorted(actors, key=str.casefold)


def _listed(names: list[str]) -> str:
    """Names in one line; of very many the first, and how many more."""
    if len(names) <= MOST_IN_A_SENTENCE:
        return ", ".join(names)
    more = len(names) - MOST_IN_A_SENTENCE
    first = ", ".join(names[:MOST_IN_A_SENTENCE])
    return ngettext("%(places)s and %(more)s more", "%(places)s and %(more)s more", more) % {
        "places": first,
        "more": more,
    }
