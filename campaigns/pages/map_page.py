"""The map, and the list and the table that hold the same: what an edition says of each place, in words.

Nothing here counts findings: how often a place is named says nothing about how grave things are there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Campaign
from campaigns.pages.place_page import by_letters
from campaigns.petitions.petitions import Petition, Stage
from reports.editions import ExaminedStatus
from reports.editorial.publishing import State, stood_by
from reports.findings import PlaceRole
from reports.map_shapes import SHAPES, Shape
from reports.models import EditionPlace, FindingPlace, Place, ReportEdition, ThemeInEdition, ThemeText
from reports.places import PlaceKind
from reports.reading import Row, place_name, rows, words
from reports.regions import REGIONS, WORLD, region_name


class Said(StrEnum):
    """What an edition says of a place, in the order of the legend."""

    NAMED = "named"
    ACTOR = "actor"
    EXAMINED = "examined"
    NOT_EXAMINED = "not_examined"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """In words."""
        return str(_LABELS[self])


_LABELS: Final = {
    Said.NAMED: _("named in the findings"),
    Said.ACTOR: _("named only for what its authorities did"),
    Said.EXAMINED: _("examined, not named"),
    Said.NOT_EXAMINED: _("not examined"),
    Said.UNKNOWN: pgettext_lazy("whether a report examined a place", "unknown"),
}
SORTS: Final = ("region", "name", "said")
"""What the table can be put in the order of, the usual one first."""


@dataclass(frozen=True)
class MapPlace:
    """A place that the site knows, and what the edition says of it."""

    code: str
    name: str
    kind: str
    region: str
    region_name: str
    said: Said
    live: bool
    order: int = 0
    """Its turn when one goes from place to place."""

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("pages:place", args=[self.code])

    @property
    def shape(self) -> Shape | None:
        """Where it is drawn; None if it is not."""
        return SHAPES.get(self.code)


@dataclass(frozen=True)
class Choice:
    """An edition or a theme that the map can show."""

    pk: int
    key: str
    label: str
    lang: str = ""


@dataclass(frozen=True)
class Drawn:
    """A shape and how it looks: `look` is its class."""

    shape: Shape
    look: str
    disputed: bool


@dataclass(frozen=True)
class MapPage:
    """All that the page of the map shows."""

    edition: Choice | None
    theme: Choice | None
    editions: list[Choice]
    themes: list[Choice]
    places: list[MapPlace] = field(default_factory=list)

    @property
    def named(self) -> list[MapPlace]:
        """Those that the findings name, in whatever role, by region."""
        return [place for place in self.places if place.said in {Said.NAMED, Said.ACTOR}]

    @property
    def not_drawn(self) -> list[MapPlace]:
        """Those without a shape."""
        return [place for place in self.places if place.shape is None]

    @property
    def drawn(self) -> list[Drawn]:
        """Every shape of the world: see `drawn`."""
        return drawn(self.places)

    def sorted_by(self, order: str) -> list[MapPlace]:
        """The places in the order of a column; within it, by name."""
        by_name = sorted(self.places, key=lambda place: by_letters(place.name))
        if order == "said":
            return sorted(by_name, key=lambda place: list(Said).index(place.said))
        return by_name if order == "name" else self.places


class UnknownChoice(Exception):
    """An edition or theme that there is none of; `name` is the parameter, `page` what there is."""

    def __init__(self, name: str, page: MapPage) -> None:
        self.name, self.page = name, page


def read_map_page(edition_key: str, theme_key: str, lang: str) -> MapPage:
    """The map of an edition, the newest where none is named, and of one of its themes or all; three queries.

    Raises UnknownChoice.
    """
    editions = public_editions()
    edition = _chosen(editions, edition_key) if edition_key else next(iter(editions), None)
    if edition is None:
        page = MapPage(None, None, editions, [])
        if edition_key:
            raise UnknownChoice("edition", page)
        return page
    themes = _themes(edition.pk, lang)
    theme = _chosen(themes, theme_key)
    if theme_key and theme is None:
        raise UnknownChoice("theme", MapPage(edition, None, editions, themes))
    return MapPage(edition, theme, editions, themes, list_map_places(lang, edition.pk, theme.pk if theme else None))


def public_editions() -> list[Choice]:
    """The public editions, the newest first; one query."""
    found = ReportEdition.objects.stood_by().order_by("-period_end", "-pk")
    return [Choice(**row) for row in rows(found, {name: name for name in ("pk", "key", "label")})]


def list_map_places(lang: str, edition: int, theme: int | None = None) -> list[MapPlace]:
    """Every place by region and name, as an edition, or one theme of it, speaks of it; one query."""
    found = [_map_place(row, lang) for row in rows(Place.objects.all(), _columns(lang, edition, theme))]
    ordered = sorted(found, key=_turn)
    return [MapPlace(**{**vars(place), "order": order}) for order, place in enumerate(ordered)]


def drawn(places: Iterable[MapPlace]) -> list[Drawn]:
    """Every shape of the world, those of places that the site does not know among them.

    In the order of painting: outlines over fills, circles over land.
    """
    known = {place.code: place for place in places}
    shapes = [_drawn(shape, known.get(code)) for code, shape in SHAPES.items()]
    return sorted(shapes, key=lambda one: (not one.shape.lines, one.look == Said.ACTOR))


def _drawn(shape: Shape, place: MapPlace | None) -> Drawn:
    if place is None:
        return Drawn(shape, Said.UNKNOWN, shape.disputed)
    look = "live" if place.live and place.said == Said.NAMED else place.said
    disputed = shape.disputed or place.kind == PlaceKind.DISPUTED
    return Drawn(shape, Said.UNKNOWN if look == Said.NOT_EXAMINED else look, disputed)


def _turn(place: MapPlace) -> tuple[bool, str, str]:
    """By region, then by name; what belongs to no region comes last."""
    return place.region == WORLD, by_letters(place.region_name), by_letters(place.name)


def _chosen(choices: list[Choice], key: str) -> Choice | None:
    return next((choice for choice in choices if choice.key == key), None)


def _themes(edition: int, lang: str) -> list[Choice]:
    found = ThemeInEdition.objects.stood_by().filter(edition=edition).order_by("position", "pk")
    columns = {"pk": "pk", "key": "theme__key", "text": words(ThemeText, lang, "title")}
    return [
        Choice(row["pk"], row["key"], row["text"]["title"], row["text"]["lang"])
        for row in rows(found, columns)
        if row["text"]
    ]


def _columns(lang: str, edition: int, theme: int | None) -> dict[str, Any]:
    named = _named(edition, theme)
    examined = EditionPlace.objects.filter(place=OuterRef("pk"), edition=edition)
    return {
        **{name: name for name in ("code", "kind")},
        "parent": "parent__code",
        "name": place_name(lang, of="pk", edition=edition),
        "named": Exists(named.exclude(role=PlaceRole.ACTOR)),
        "actor": Exists(named.filter(role=PlaceRole.ACTOR)),
        "status": Subquery(examined.values("status")[:1]),
        "live": Exists(_live_petitions()),
    }


def _named(edition: int, theme: int | None) -> QuerySet[FindingPlace]:
    found = FindingPlace.objects.filter(stood_by("finding"), place=OuterRef("pk"), finding__edition=edition)
    return found if theme is None else found.filter(finding__finding_themes__theme=theme)


def _live_petitions() -> QuerySet[Any]:
    """Petitions that can be signed now, of campaigns for the place at hand."""
    campaigns = Campaign.objects.stood_by().filter(
        Q(places=OuterRef(OuterRef("pk"))) | Q(campaign_demands__demand__place=OuterRef(OuterRef("pk")))
    )
    can_be_signed = Q(stage=Stage.OPEN) & (Q(closes_at=None) | Q(closes_at__gt=timezone.now()))
    public = Petition.objects.stood_by().exclude(state=State.ARCHIVED)
    return public.filter(can_be_signed, campaign__in=campaigns.values("pk"))


def _map_place(row: Row, lang: str) -> MapPlace:
    region = REGIONS.get(row["code"]) or REGIONS.get(row["parent"] or "") or WORLD
    return MapPlace(
        code=row["code"],
        kind=row["kind"],
        name=row["name"] or row["code"],
        region=region,
        region_name=region_name(region, lang),
        said=_said(row),
        live=row["live"],
    )


def _said(row: Row) -> Said:
    if row["named"] or row["actor"]:
        return Said.NAMED if row["named"] else Said.ACTOR
    return {ExaminedStatus.EXAMINED: Said.EXAMINED, ExaminedStatus.NOT_EXAMINED: Said.NOT_EXAMINED}.get(
        row["status"], Said.UNKNOWN
    )
