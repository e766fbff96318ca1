"""A place's page: what each edition says of it by theme and role, and what can be done there."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from campaigns.demand_reading import ReadDemand, read_campaigns, read_demands
from campaigns.demonstrations.upcoming import EventRow, upcoming_rows
from campaigns.models import Campaign, Demand
from campaigns.pages.demand_tally import DemandTally, tally
from campaigns.pages.parts import Part, bounds, part_of
from campaigns.pages.theme_page import Ask, asks_of, leading
from reports.editions import ExaminedStatus
from reports.editorial.publishing import stood_by
from reports.finding_reading import Note, ReadFinding, as_finding, finding_columns, how_many, naming_note
from reports.findings import PlaceRole
from reports.models import EditionPlace, EditionText, Finding, FindingPlace, Place, PlaceName, ReportEdition, ThemeText
from reports.places import NameKind
from reports.reading import Row, as_day, as_text, below, place_name, rows, words


@dataclass(frozen=True)
class ListedPlace:
    """A place in the list of all."""

    code: str
    kind: str
    name: str
    named: bool

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("pages:place", args=[self.code])


@dataclass(frozen=True)
class Edition:
    """What an edition is called, and whether it examined the place."""

    pk: int
    key: str
    label: str
    year: int
    released_on: date
    status: ExaminedStatus
    name: str
    """What it calls the place."""
    findings: int
    """How many of its findings concern the place."""
    text: EditionText | None


@dataclass(frozen=True)
class ThemeSection:
    """The findings of one theme that concern the place, by its role in them."""

    theme: ThemeText
    by_role: list[tuple[PlaceRole, list[ReadFinding]]]


@dataclass(frozen=True)
class EditionSection:
    """An edition and what it says of the place, by theme; no themes: it does not name the place."""

    edition: Edition
    themes: list[ThemeSection]


@dataclass(frozen=True)
class PlacePage:
    """All that the page of a place shows."""

    code: str
    kind: str
    name: str
    parent: str
    parent_code: str
    other_names: list[str]
    note: Note | None
    editions: list[Edition]
    part: Part
    sections: list[EditionSection]
    """What the editions say, as far as it stands in this part; the first also has those that do not name the place."""
    demands: list[ReadDemand]
    asks: list[Ask]
    demonstrations: list[EventRow]

    @property
    def newest(self) -> list[EditionSection]:
        """What stands before what can be done: the newest edition's part."""
        return self.sections[:1]

    @property
    def earlier(self) -> list[EditionSection]:
        """What the other editions say."""
        return self.sections[1:]

    @property
    def tally(self) -> DemandTally:
        """How many of the demands for this place are open and met."""
        return tally(self.demands)

    @property
    def lead(self) -> Ask | None:
        """The campaign that the page puts first; none if all are over."""
        return leading(self.asks)

    @property
    def other_asks(self) -> list[Ask]:
        """The campaigns besides the first."""
        return [ask for ask in self.asks if ask is not self.lead]


def list_places(lang: str, edition: int | None = None) -> list[ListedPlace]:
    """Every place by its name in a language, the one that an edition keeps where that is given; one query."""
    named = FindingPlace.objects.filter(stood_by("finding"), stood_by("finding__edition"), place=OuterRef("pk"))
    columns = {
        **{name: name for name in ("code", "kind")},
        "name": place_name(lang, of="pk", edition=edition),
        "named": Exists(named),
    }
    found = [ListedPlace(**{**row, "name": row["name"] or row["code"]}) for row in rows(Place.objects.all(), columns)]
    return sorted(found, key=lambda place: by_letters(place.name))


def by_letters(name: str) -> str:
    """A name as it is sorted: without regard to capitals and accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def read_place_page(code: str, lang: str, number: int | None = None) -> PlacePage | None:
    """The page of a place, with the findings of one part of it or with all; None for an unknown code; six queries.

    Raises EmptyPage where it has no such part.
    """
    place = next(iter(rows(Place.objects.filter(code=code), _place_columns(lang, code))), None)
    if place is None:
        return None
    editions = [_edition(row) for row in place["editions"]]
    part = part_of(sum(edition.findings for edition in editions), number)
    campaigns = Campaign.objects.stood_by()
    here = Q(places__code=code) | Q(campaign_demands__demand__place__code=code)
    read = read_campaigns(campaigns.filter(here).distinct().order_by("-featured", "pk"), lang)
    demands = Demand.objects.stood_by().filter(place__code=code).order_by("pk")
    return PlacePage(
        code=code,
        kind=place["kind"],
        name=place["name"] or code,
        parent=place["parent"] or "",
        parent_code=place["parent_code"] or "",
        other_names=[other["name"] for other in place["other_names"]],
        note=Note(**place["note"]) if place["note"] else None,
        editions=editions,
        part=part,
        sections=_sections(code, editions, lang, number),
        demands=read_demands(demands, lang),
        asks=asks_of(read, lang),
        demonstrations=upcoming_rows(lang, places=[code]),
    )


def _findings_on(code: str) -> Any:
    """The findings that concern the place, at home in a theme of a public edition."""
    here = Exists(FindingPlace.objects.filter(finding=OuterRef("pk"), place__code=code))
    at_home = stood_by("finding_themes__theme") & Q(finding_themes__primary=True)
    return Finding.objects.stood_by().filter(here).filter(at_home)


def _place_columns(lang: str, code: str) -> dict[str, Any]:
    others = PlaceName.objects.filter(place=OuterRef("pk"), lang=lang).exclude(kind=NameKind.DISPLAY).order_by("name")
    findings = _findings_on(code).filter(edition=OuterRef("pk"))
    says = EditionPlace.objects.filter(edition=OuterRef("pk"), place__code=code)
    editions = ReportEdition.objects.stood_by().filter(Exists(says) | Exists(findings))
    edition = {
        **{name: name for name in ("pk", "key", "label", "year", "released_on")},
        "status": Coalesce(Subquery(says.values("status")[:1]), Value(ExaminedStatus.UNKNOWN)),
        "name": Coalesce(place_name(lang, of=OuterRef("pk"), edition="pk"), OuterRef("code")),
        "findings": Coalesce(how_many(findings), 0),
        "text": words(EditionText, lang),
    }
    return {
        **{name: name for name in ("code", "kind")},
        "name": place_name(lang, of="pk"),
        "parent": place_name(lang, of="parent_id"),
        "parent_code": "parent__code",
        "other_names": below(others, {"name": "name"}),
        "note": naming_note(lang, of="pk"),
        "editions": below(editions.order_by("-period_end", "-pk"), edition),
    }


def _edition(row: Row) -> Edition:
    typed = {
        "status": ExaminedStatus(row["status"]),
        "text": as_text(EditionText, row["text"]),
        "released_on": as_day(row["released_on"]),
    }
    return Edition(**{**row, **typed})


def _sections(code: str, editions: list[Edition], lang: str, number: int | None) -> list[EditionSection]:
    """The findings on the place, by edition and theme; one query."""
    findings = _findings_on(code).filter(edition__in=[edition.pk for edition in editions])
    ordered = findings.order_by(
        *("-edition__period_end", "-edition_id"),
        *("finding_themes__theme__position", "finding_themes__position", "pk"),
    )
    columns = {
        **finding_columns(lang),
        "edition_id": "edition_id",
        "theme": words(
            ThemeText,
            lang,
            of="finding_themes__theme_id",
            original="finding_themes__theme__original_lang",
        ),
    }
    found = rows(ordered[bounds(number)], columns)
    sections = [
        EditionSection(edition, _themes(code, [row for row in found if row["edition_id"] == edition.pk]))
        for edition in editions
    ]
    first = number in (None, 1)
    return [section for section in sections if section.themes or (first and not section.edition.findings)]


def _themes(code: str, found: list[Row]) -> list[ThemeSection]:
    sections = []
    for _slug, alike in groupby((row for row in found if row["theme"]), key=lambda row: row["theme"]["slug"]):
        together = list(alike)
        theme = ThemeText(**together[0]["theme"])
        sections.append(ThemeSection(theme, by_role(code, [as_finding(row) for row in together])))
    return sections


def by_role(code: str, findings: list[ReadFinding]) -> list[tuple[PlaceRole, list[ReadFinding]]]:
    """What happened here, what its authorities did, what affected its people, where it is mentioned: in this order."""
    split = []
    for role in PlaceRole:
        played = [f for f in findings if any(place.code == code and role in place.roles for place in f.places)]
        if played:
            split.append((role, played))
    return split
