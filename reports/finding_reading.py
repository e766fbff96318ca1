"""Findings as a page shows them: the statement, the places with their roles, and the sources it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.corrections import ReadCorrection, corrections, read_corrections
from reports.findings import Attribution, FindingKind, PlaceRole, Precision, Scope
from reports.models import Evidence, Finding, FindingPlace, FindingPlaceText, FindingText, NamingNote, Place
from reports.reading import Row, as_day, as_text, below, first, own_language_first, place_name, rows, words
from reports.sources import Relation, SourceKind


@dataclass(frozen=True)
class Note:
    """Why a place is called so."""

    text: str
    lang: str
    policy_url: str


@dataclass(frozen=True)
class PlaceChip:
    """A place under the part it plays, in the form that `_place_chips.html` takes."""

    name: str
    url: str
    role: str
    actor: bool


@dataclass(frozen=True)
class ReadPlace:
    """A place in a finding, with every role that it has there."""

    code: str
    name: str
    locality: FindingPlaceText | None
    roles: tuple[PlaceRole, ...]
    note: Note | None

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("pages:place", args=[self.code])

    @property
    def full_name(self) -> str:
        """The part of the place that is meant, and the place."""
        if self.locality is None:
            return self.name
        return _("%(locality)s, %(place)s") % {"locality": self.locality.locality, "place": self.name}


@dataclass(frozen=True)
class ReadSource:
    """A source of a finding, and what it does to it."""

    kind: SourceKind
    title: str
    publisher: str
    authors: str
    published_on: date | None
    url: str
    archived_url: str
    doc_symbol: str
    lang: str
    licence: str
    locator: str
    relation: Relation
    note: str

    @property
    def short(self) -> str:
        """Its title, and what it does to the finding where that is not to support it."""
        if self.relation == Relation.SUPPORTS:
            return self.title
        return _("%(title)s (%(relation)s)") % {"title": self.title, "relation": self.relation.label}


@dataclass(frozen=True)
class ReadFinding:
    """A finding in the language of a page; `text` is None where not even the original is published."""

    pk: int
    uid: str
    kind: str
    attribution: str
    scope: str
    state: str
    occurred_from: date | None
    occurred_to: date | None
    precision: str
    text: FindingText | None
    places: list[ReadPlace]
    sources: list[ReadSource]
    corrections: list[ReadCorrection] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("pages:finding", args=[self.uid])

    @property
    def chips(self) -> list[PlaceChip]:
        """Its places under the parts they play, those of one part together; the world where it names none."""
        return place_chips(self.places) or [PlaceChip(str(Scope(self.scope).label), "", "", False)]

    @property
    def when(self) -> str:
        """When it was, as exactly as it is known; empty if it is not."""
        first, last = self.occurred_from, self.occurred_to or self.occurred_from
        if first is None or last is None:
            return ""
        form = {Precision.DAY: "DATE_FORMAT", Precision.MONTH: "YEAR_MONTH_FORMAT", Precision.YEAR: "Y"}
        shown = [date_format(day, form[Precision(self.precision)]) for day in (first, last)]
        return shown[0] if shown[0] == shown[1] else "–".join(shown)

    @property
    def kind_label(self) -> str:
        """What sort of statement it is."""
        return str(FindingKind(self.kind).label)

    @property
    def attribution_label(self) -> str:
        """Who stands for it."""
        return str(Attribution(self.attribution).label)


def place_chips(places: Iterable[ReadPlace]) -> list[PlaceChip]:
    """Places under the parts they play, those of one part together: one that plays two stands there twice."""
    known = list(places)
    return [
        PlaceChip(place.full_name, place.url, str(role.label), role == PlaceRole.ACTOR)
        for role in PlaceRole
        for place in known
        if role in place.roles
    ]


def read_findings(findings: QuerySet[Finding], lang: str) -> list[ReadFinding]:
    """The findings of a queryset that starts from `visible()`, in its order; one query."""
    return [as_finding(row) for row in rows(findings, finding_columns(lang))]


def read_some_findings(findings: QuerySet[Finding], lang: str, some: slice) -> tuple[list[ReadFinding], int]:
    """Some of the findings of such a queryset, and how many it has in all (0 where none of them is asked for); one
    query."""
    found = rows(findings[some], {**finding_columns(lang), "total": how_many(findings)})
    return [as_finding(row) for row in found], found[0]["total"] if found else 0


def how_many(findings: QuerySet[Finding]) -> Subquery:
    """The number of the findings of a queryset, as a column."""
    return Subquery(findings.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n"))


def read_places_named(findings: QuerySet[Finding], lang: str, edition: int) -> list[ReadPlace]:
    """Every place that the findings of an edition in such a queryset name, by name, with all its roles; one query."""
    within = Exists(findings.order_by().filter(pk=OuterRef("finding_id")))
    named = FindingPlace.objects.filter(within, place=OuterRef("pk"))
    columns = {
        "code": "code",
        "name": place_name(lang, of="pk", edition=edition),
        "roles": below(named.values("role").distinct(), {"role": "role"}),
        "note": naming_note(lang, of="pk"),
    }
    places = [
        ReadPlace(
            code=row["code"],
            name=row["name"] or row["code"],
            locality=None,
            roles=tuple(PlaceRole(one["role"]) for one in row["roles"]),
            note=Note(**row["note"]) if row["note"] else None,
        )
        for row in rows(Place.objects.filter(Exists(named)), columns)
    ]
    return sorted(places, key=lambda place: place.name.casefold())


def finding_columns(lang: str) -> dict[str, Any]:
    """Columns of a finding, for `rows` or `below`."""
    plain = ["pk", "uid", "kind", "attribution", "scope", "state", "occurred_from", "occurred_to", "precision"]
    places = FindingPlace.objects.filter(finding=OuterRef("pk")).order_by("position", "pk")
    evidence = Evidence.objects.filter(finding=OuterRef("pk")).order_by("position", "pk")
    return {
        **{name: name for name in plain},
        "text": words(FindingText, lang),
        "places": below(places, _place_columns(lang)),
        "sources": below(evidence, _SOURCE_COLUMNS),
        "corrections": corrections(Finding),
    }


def as_finding(row: Row) -> ReadFinding:
    """A row of `finding_columns`."""
    text = as_text(FindingText, row["text"])
    return ReadFinding(
        **{name: row[name] for name in ("pk", "uid", "kind", "attribution", "scope", "state", "precision")},
        occurred_from=as_day(row["occurred_from"]),
        occurred_to=as_day(row["occurred_to"]),
        text=text,
        places=_places(row["places"]),
        sources=[_source(source) for source in row["sources"]],
        corrections=read_corrections(row["corrections"], text.lang if text else ""),
    )


def naming_note(lang: str, *, of: str = "place_id") -> Any:
    """The naming note of a place in this language, else in English, as a column."""
    notes = NamingNote.objects.filter(place=OuterRef(of), lang__in={lang, "en"}).order_by(own_language_first(lang))
    return first(notes, {"text": "text", "lang": "lang", "policy_url": "policy_url"})


_OF_THE_SOURCE = [
    *("kind", "title", "publisher", "authors", "published_on", "url", "archived_url"),
    *("doc_symbol", "lang", "licence"),
]
_SOURCE_COLUMNS = {name: name for name in ("locator", "relation", "note")} | {
    name: f"source__{name}" for name in _OF_THE_SOURCE
}


def _place_columns(lang: str) -> dict[str, Any]:
    return {
        "code": "place__code",
        "role": "role",
        "name": place_name(lang, edition="finding__edition_id"),
        "locality": words(FindingPlaceText, lang),
        "note": naming_note(lang),
    }


def _places(found: list[Row]) -> list[ReadPlace]:
    """Each place once, with all its roles there."""
    together: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        locality = row["locality"]["locality"] if row["locality"] else ""
        together.setdefault((row["code"], locality), []).append(row)
    return [
        ReadPlace(
            code=alike[0]["code"],
            name=alike[0]["name"] or alike[0]["code"],
            locality=as_text(FindingPlaceText, alike[0]["locality"]),
            roles=tuple(PlaceRole(row["role"]) for row in alike),
            note=Note(**alike[0]["note"]) if alike[0]["note"] else None,
        )
        for alike in together.values()
    ]


def _source(row: Row) -> ReadSource:
    typed = {
        "kind": SourceKind(row["kind"]),
        "relation": Relation(row["relation"]),
        "published_on": as_day(row["published_on"]),
    }
    return ReadSource(**{**row, **typed})
