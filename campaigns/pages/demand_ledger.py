"""What happened to a demand from the evidence to what a later edition says of it, in one line of time.

Campaigns that ask the same share the demand and so its ledger. Each entry is dated and says what it stands on: a
source, or a page of this site.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.demand_reading import ReadDemand
from campaigns.demonstrations.demonstration_reading import ReadDemonstration
from campaigns.pages.acting import ReadPetition
from campaigns.petitions.petitions import Stage
from reports.editorial.texts import Text


@dataclass(frozen=True)
class Moment:
    """One entry. `text` says in which language `title` and `note` are; `standing` is a state that `_state.html` knows.

    `order` puts the entries of one day into the order in which one leads to the next.
    """

    on: date
    order: tuple[int, int]
    what: str
    title: str = ""
    url: str = ""
    note: str = ""
    figure: str = ""
    standing: str = ""
    text: Text | None = None
    source_title: str = ""
    source_lang: str = ""
    source_url: str = ""
    source_symbol: str = ""


def ledger(
    demand: ReadDemand, petitions: Iterable[ReadPetition], demonstrations: Iterable[ReadDemonstration]
) -> list[Moment]:
    """Everything, the oldest first."""
    found = [
        *_evidence(demand),
        *(moment for petition in petitions for moment in _petition(petition)),
        *(_demonstration(one) for one in demonstrations),
        *_events(demand),
        *_statements(demand),
    ]
    return sorted(found, key=lambda moment: (moment.on, moment.order))


def _evidence(demand: ReadDemand) -> Iterator[Moment]:
    if origin := demand.origin:
        named = {"publisher": origin.publisher, "edition": origin.edition}
        what = _("The report %(edition)s of %(publisher)s finds it") % named
        yield Moment(origin.on, (0, 0), what, title=_("The evidence"), url="#evidence")


def _petition(petition: ReadPetition) -> Iterator[Moment]:
    """Its opening with the confirmed number as it stands now, and its end."""
    shown = {"title": petition.text.title, "url": petition.url, "text": petition.text}
    if petition.opened_at:
        figure = ngettext("%(n)d confirmed signature", "%(n)d confirmed signatures", petition.count)
        opened = petition.opened_at.date()
        yield Moment(opened, (1, petition.pk), _("A petition opens"), figure=figure % {"n": petition.count}, **shown)  # type: ignore[arg-type]
    ended = petition.closed_at or petition.closes_at
    if petition.stage == Stage.CLOSED and ended:
        yield Moment(ended.date(), (4, petition.pk), _("The petition ends"), **shown)  # type: ignore[arg-type]
    if petition.outcome and petition.outcome_on:
        yield Moment(
            petition.outcome_on,
            (5, petition.pk),
            _("Outcome of the petition"),
            title=petition.outcome.title,
            url=petition.url,
            note=petition.outcome.text,
            text=petition.outcome,
        )


def _demonstration(one: ReadDemonstration) -> Moment:
    day, what = one.starts.date(), capfirst(one.kind.label)
    return Moment(day, (2, one.pk), str(what), one.title, one.url, standing=one.standing, text=one.text)


def _events(demand: ReadDemand) -> Iterator[Moment]:
    for event in demand.events:
        yield Moment(
            event.on,
            (3, event.position),
            str(capfirst(event.kind.label)),
            note=event.text.note if event.text else "",
            text=event.text,
            source_title=event.source_title,
            source_lang=event.source_lang,
            source_url=event.source_url,
            source_symbol=event.source_symbol,
        )


def _statements(demand: ReadDemand) -> Iterator[Moment]:
    for said in demand.statements:
        named = {"publisher": said.publisher, "edition": said.edition}
        yield Moment(
            said.on,
            (6, 0),
            _("What the report %(edition)s of %(publisher)s says became of it") % named,
            note=said.text.note if said.text else "",
            standing=said.standing,
            text=said.text,
            source_title=said.source_title,
            source_lang=said.source_lang,
            source_url=said.source_url,
            source_symbol=said.source_symbol,
        )
