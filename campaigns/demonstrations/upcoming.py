"""Demonstrations as rows of a list, in the form that `_event_row.html` takes; also for the pages of other rooms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns.demonstrations.demonstration_reading import ReadDemonstration, read_demonstrations
from campaigns.demonstrations.demonstrations import Demonstration, DemonstrationQuerySet, DemonstrationText
from campaigns.models import Campaign

SHOWN_FACTS = 3


@dataclass(frozen=True)
class EventRow:
    """One row. `starts` is in the zone of the place, `zone` its offset, as in `UTC+1`; `facts` are short words on
    access; `text` says in which language the title is."""

    title: str
    url: str
    starts: datetime
    zone: str
    area: str
    status: str
    facts: list[str]
    campaign_id: int
    place_code: str
    text: DemonstrationText


def upcoming_rows(
    lang: str,
    *,
    campaigns: Collection[int] | None = None,
    themes: Collection[int] | None = None,
    places: Collection[str] | None = None,
    limit: int = 3,
    now: datetime | None = None,
) -> list[EventRow]:
    """What has not ended, the next first: of these campaigns, of campaigns on these themes, in these places (codes),
    or of all. One query."""
    now = now or timezone.now()
    found = announced().to_come(now)
    if campaigns is not None:
        found = found.filter(campaign__in=campaigns)
    if themes is not None:
        found = found.filter(on_theme(theme__in=themes))
    if places is not None:
        found = found.filter(place__code__in=places)
    return [event_row(one) for one in read_demonstrations(found[:limit], lang, now)]


def demonstrations_of(campaigns: Collection[int], lang: str, limit: int) -> list[ReadDemonstration]:
    """The public demonstrations of these campaigns, past and to come, the latest first; one query."""
    return read_demonstrations(announced().filter(campaign__in=campaigns).order_by("-starts_at", "-pk")[:limit], lang)


def announced() -> DemonstrationQuerySet:
    """What lists show: public, and nothing that we no longer stand by."""
    found: DemonstrationQuerySet = Demonstration.objects.stood_by()
    return found


def on_theme(**theme: object) -> Exists:
    """The condition that a demonstration's campaign is on a theme."""
    return Exists(Campaign.themes.through.objects.filter(campaign=OuterRef("campaign_id"), **theme))


def event_row(demonstration: ReadDemonstration) -> EventRow:
    """A demonstration as a row."""
    return EventRow(
        title=demonstration.title,
        url=demonstration.url,
        starts=demonstration.starts,
        zone=demonstration.offset,
        area=demonstration.area,
        status=demonstration.standing,
        facts=demonstration.good_to_know[:SHOWN_FACTS],
        campaign_id=demonstration.campaign_id,
        place_code=demonstration.place_code,
        text=demonstration.text,
    )
