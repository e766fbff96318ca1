"""The home page: one demand first, then what comes, what was found, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from campaigns.demand_reading import ReadDemand, read_campaigns
from campaigns.demands import DemandState
from campaigns.demonstrations.upcoming import EventRow
from campaigns.models import Campaign
from campaigns.pages.coming import next_demonstrations
from campaigns.pages.place_page import ListedPlace, list_places
from campaigns.pages.theme_page import Ask, asks_of
from reports.models import ThemeInEdition
from reports.theme_reading import ReadEdition, ThemeLine, list_themes, newest_edition

OUTCOMES = 3


@dataclass(frozen=True)
class Outcome:
    """A demand that was answered for good, with what happened last."""

    demand: ReadDemand
    on: date


@dataclass(frozen=True)
class HomePage:
    """All that the home page shows."""

    edition: ReadEdition | None
    themes: list[ThemeLine]
    asks: list[Ask]
    demonstrations: list[EventRow]
    outcomes: list[Outcome]
    places: list[ListedPlace]

    @property
    def first(self) -> Ask | None:
        """The featured campaign if it can be signed, else the next that can, else the featured one."""
        open_ones = [ask for ask in self.asks if ask.petition and ask.petition.is_open]
        return next(iter(open_ones or self.asks), None)

    @property
    def others(self) -> list[Ask]:
        """The campaigns besides the first."""
        return [ask for ask in self.asks if ask is not self.first]


def read_home_page(lang: str) -> HomePage:
    """Six queries: edition, themes with a line, campaigns with demands, petitions, demonstrations, places."""
    edition = newest_edition(lang)
    themes = ThemeInEdition.objects.stood_by().filter(edition=edition.pk if edition else None)
    campaigns = read_campaigns(Campaign.objects.stood_by().order_by("-featured", "pk"), lang)
    return HomePage(
        edition=edition,
        themes=list_themes(themes.order_by("position", "pk"), lang),
        asks=asks_of(campaigns, lang),
        demonstrations=next_demonstrations([campaign.pk for campaign in campaigns], lang),
        outcomes=_outcomes([demand for campaign in campaigns for demand in campaign.demands]),
        places=[place for place in list_places(lang) if place.named],
    )


def _outcomes(demands: list[ReadDemand]) -> list[Outcome]:
    """The latest demands that have come to an end or part of it, each once, the newest first."""
    settled = {DemandState.MET, DemandState.PARTLY_MET, DemandState.REJECTED}
    found = {demand.pk: demand for demand in demands if demand.standing in settled}
    outcomes = [Outcome(demand, demand.settled_on) for demand in found.values() if demand.settled_on]
    return sorted(outcomes, key=lambda outcome: outcome.on, reverse=True)[:OUTCOMES]
