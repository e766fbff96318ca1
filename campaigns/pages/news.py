"""What feeds tell: findings, petitions that opened, what became of demands, and how petitions went on.

Of a petition in safe mode they tell nothing: a reader's program keeps what it is told, title and address together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from django.urls import reverse

from campaigns.demand_reading import ReadDemand
from campaigns.pages.acting import ReadPetition
from campaigns.pages.feeds import Entry, tag
from campaigns.pages.theme_page import Ask
from campaigns.petitions.updates import PetitionUpdate, PetitionUpdateText
from reports.finding_reading import ReadFinding
from reports.reading import as_day, as_text, rows, words


def of_findings(findings: Iterable[ReadFinding], released_on: date) -> Iterator[Entry]:
    """Findings, on the day their edition came out."""
    for one in findings:
        if one.text:
            name, text = tag("finding", one.uid), one.text
            yield Entry(released_on, name, text.statement, text.explanation, one.url, one.corrections)


def of_asks(asks: Iterable[Ask]) -> Iterator[Entry]:
    """The petition of each campaign, and what became of its demands; of a demand that several ask for, once."""
    asks = list(asks)
    yield from of_petitions(ask.petition for ask in asks if ask.petition)
    yield from of_demands(demand for ask in asks for demand in ask.campaign.demands)


def of_petitions(petitions: Iterable[ReadPetition]) -> Iterator[Entry]:
    """Petitions, on the day they opened."""
    for one in petitions:
        if one.opened_at and not one.safe_mode:
            yield Entry(one.opened_at.date(), tag("petition", str(one.uuid)), one.text.title, one.text.lede, one.url)


def of_demands(demands: Iterable[ReadDemand]) -> Iterator[Entry]:
    """What happened to each of these demands."""
    for demand in {one.pk: one for one in demands}.values():
        url = reverse("pages:demand", args=[demand.uid])
        for event in demand.events:
            title = f"{demand.text.title}: {event.kind.label}"
            note = event.text.note if event.text else ""
            yield Entry(event.on, tag("demand", f"{demand.uid}:{event.position}"), title, note, url, demand.corrections)


def of_updates(petitions: Collection[ReadPetition], lang: str) -> Iterator[Entry]:
    """The news of these petitions; one query."""
    by_pk = {petition.pk: petition for petition in petitions if not petition.safe_mode}
    found = PetitionUpdate.objects.filter(petition__in=by_pk)
    plain = {name: name for name in ("petition_id", "position", "on")}
    for row in rows(found, {**plain, "text": words(PetitionUpdateText, lang)}):
        petition, text, day = by_pk[row["petition_id"]], as_text(PetitionUpdateText, row["text"]), as_day(row["on"])
        if text and day:
            name = tag("petition", f"{petition.uuid}:{row['position']}")
            yield Entry(day, name, text.title, text.text, petition.url)
