"""A theme's page: what the report found, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.demand_reading import ReadCampaign, ReadDemand, read_campaigns
from campaigns.demonstrations.upcoming import EventRow
from campaigns.models import Campaign
from campaigns.pages.acting import ReadPetition, petitions_of
from campaigns.pages.coming import next_demonstrations
from campaigns.pages.demand_tally import DemandTally, tally
from campaigns.pages.parts import Part, bounds, part_of
from campaigns.petitions.petitions import Stage
from reports.finding_reading import (
    PlaceChip,
    ReadFinding,
    ReadPlace,
    place_chips,
    read_places_named,
    read_some_findings,
)
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
    part: Part
    places: list[ReadPlace]
    """The places named in the findings of all parts, each once."""
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
    def place_chips(self) -> list[PlaceChip]:
        """The places under the parts they play."""
        return place_chips(self.places)

    @property
    def map_in_words(self) -> str:
        """What its map shows, in a sentence: the places named, and those named only for what their authorities did."""
        actors = [place.name for place in self.places if set(place.roles) == {PlaceRole.ACTOR}]
        named = [place.name for place in self.places if set(place.roles) != {PlaceRole.ACTOR}]
        sentences = [_("Map of the world. Named in the findings: %(places)s.") % {"places": _listed(named)}] * bool(
            named
        )
        if actors:
            sentences.append(_("Named only for what their authorities did: %(places)s.") % {"places": _listed(actors)})
        return " ".join(sentences)


def read_theme_page(theme: ReadTheme, lang: str, number: int | None = None) -> ThemePage:
    """What hangs on the theme, with the findings of one part of it or with all; five queries besides the one that found
    it. Raises EmptyPage where it has no such part."""
    findings = Finding.objects.stood_by().filter(finding_themes__theme=theme.pk)
    ordered = findings.order_by("finding_themes__position", "pk")
    found, total = read_some_findings(ordered, lang, bounds(number))
    part = part_of(total, number)
    campaigns = Campaign.objects.stood_by().filter(themes=theme.theme_id).order_by("-featured", "pk")
    read = read_campaigns(campaigns, lang)
    return ThemePage(
        theme=theme,
        findings=found,
        part=part,
        places=read_places_named(findings, lang, theme.edition.pk),
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
    """The places named in these findings, each once with all its roles there, by name."""
    named: dict[str, ReadPlace] = {}
    for place in (place for finding in findings for place in finding.places):
        before = named.get(place.code, place)
        roles = tuple(role for role in PlaceRole if role in {*before.roles, *place.roles})
        named[place.code] = replace(place, locality=None, roles=roles)
    return sorted(named.values(), key=lambda place: place.name.casefold())


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
