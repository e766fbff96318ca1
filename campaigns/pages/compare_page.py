"""Two editions side by side: what each says, in words. Never a score, never an arrow, never a rank.

New, continued and not mentioned follow from what the editions name; that something changed or was resolved is only
said where an editor asserted it on a source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from campaigns.demand_reading import SOURCE_COLUMNS, ReadDemand, read_demands
from campaigns.demands import DemandState, standing_after
from campaigns.models import Demand, DemandEvent
from campaigns.pages.place_page import by_letters
from reports.comparisons import LinkKind
from reports.editions import ExaminedStatus
from reports.editorial.publishing import stood_by
from reports.editorial.texts import Text
from reports.models import (
    EditionPlace,
    Finding,
    FindingPlace,
    Place,
    ReportEdition,
    ThemeChange,
    ThemeChangeText,
    ThemeInEdition,
    ThemeLink,
    ThemeLinkText,
    ThemeText,
)
from reports.reading import Row, as_day, as_text, below, place_name, rows, words


class Became(StrEnum):
    """What two editions say of a matter, taken together."""

    NEW = "new"
    CONTINUED = "continued"
    CHANGED = "changed"
    RESOLVED = "resolved"
    NOT_MENTIONED = "not_mentioned"
    NOT_EXAMINED = "not_examined"

    @property
    def label(self) -> str:
        """In words."""
        return str(_LABELS[self])


_LABELS: Final = {
    Became.NEW: pgettext_lazy("a matter in the later of two editions", "new"),
    Became.CONTINUED: pgettext_lazy("a matter in both of two editions", "continued"),
    Became.CHANGED: pgettext_lazy("a matter between two editions", "changed"),
    Became.RESOLVED: pgettext_lazy("a matter between two editions", "resolved"),
    Became.NOT_MENTIONED: _("not mentioned"),
    Became.NOT_EXAMINED: _("not examined"),
}
ENDED: Final = {DemandState.MET, DemandState.REJECTED, DemandState.LAPSED}
"""Where a demand stands when it is closed."""


@dataclass(frozen=True)
class ComparedEdition:
    """An edition that can be compared."""

    pk: int
    key: str
    label: str
    year: int
    released_on: date


@dataclass(frozen=True)
class Following:
    """A theme of the other edition that this one follows from or goes on in."""

    kind: LinkKind
    forward: bool
    title: ThemeText
    note: ThemeLinkText | None


@dataclass(frozen=True)
class Line:
    """One theme, or one place of a theme, and what became of it."""

    name: str
    title: ThemeText | None
    url: str
    became: Became
    where: str
    """The label of the edition that does not mention or did not examine it; empty where that does not matter."""
    note: Text | None = None
    source_title: str = ""
    source_lang: str = ""
    source_url: str = ""
    source_symbol: str = ""
    following: list[Following] = field(default_factory=list)


@dataclass(frozen=True)
class Offer:
    """A theme or place that can be compared."""

    pk: int
    key: str
    name: str
    lang: str = ""


@dataclass(frozen=True)
class ComparePage:
    """All that the page shows. Without `earlier` and `later` nothing is compared yet."""

    editions: list[ComparedEdition]
    earlier: ComparedEdition | None = None
    later: ComparedEdition | None = None
    places: list[Offer] = field(default_factory=list)
    themes: list[Offer] = field(default_factory=list)
    place: Offer | None = None
    theme: Offer | None = None
    lines: list[Line] = field(default_factory=list)
    opened: list[ReadDemand] = field(default_factory=list)
    closed: list[ReadDemand] = field(default_factory=list)


class CannotCompare(Exception):
    """Something asked for is not there, or is the same twice. `name`: the parameter; `page`: what there is."""

    def __init__(self, name: str, page: ComparePage) -> None:
        self.name, self.page = name, page


def read_compare_page(asked: dict[str, str], lang: str) -> ComparePage:
    """Editions `a` and `b`, for a `place`, a `theme` or all; whichever is older counts as the earlier. Six queries.

    An edition goes by its key, or by its year or label where no other has the same. Raises CannotCompare.
    """
    editions = _editions()
    choice = ComparePage(editions)
    if not asked:
        return choice
    a, b = (_edition(editions, asked.get(name, "")) for name in ("a", "b"))
    if a is None or b is None or a == b:
        raise CannotCompare("edition", choice)
    earlier, later = sorted((a, b), key=editions.index, reverse=True)
    reading = _Reading(earlier, later, lang)
    page = ComparePage(editions, earlier, later, reading.place_offers(), reading.theme_offers())
    place, theme = _offered(page.places, asked.get("place", "")), _offered(page.themes, asked.get("theme", ""))
    if asked.get("place") and place is None:
        raise CannotCompare("place", page)
    if asked.get("theme") and theme is None:
        raise CannotCompare("theme", page)
    opened, closed = _demands(earlier, later, place, theme, lang)
    chosen = {"place": place, "theme": theme, "opened": opened, "closed": closed}
    return ComparePage(**{**vars(page), **chosen, "lines": reading.lines(place, theme)})


class _Reading:
    """What two editions say, read at once."""

    def __init__(self, earlier: ComparedEdition, later: ComparedEdition, lang: str) -> None:
        self.editions = (earlier, later)
        self.lang = lang
        ids = [earlier.pk, later.pk]
        in_editions = ThemeInEdition.objects.stood_by().filter(edition__in=ids)
        columns: dict[str, Any] = {
            "theme": "theme_id",
            "key": "theme__key",
            "edition": "edition_id",
            "text": words(ThemeText, lang),
        }
        columns |= {"links": _links(lang), "changes": _changes(earlier, later, lang)}
        found = rows(in_editions.order_by("-edition__period_end", "position", "pk"), columns)
        self.titles: dict[int, Row] = {}
        self.present = {(row["theme"], row["edition"]) for row in found if row["text"]}
        for row in found:
            if row["text"]:
                self.titles.setdefault(row["theme"], {**row, "text": as_text(ThemeText, row["text"])})
        self.places = {row["pk"]: row for row in rows(Place.objects.all(), _place_columns(lang, earlier, later))}
        asserted = [(pk, change) for pk, row in self.titles.items() for change in row["changes"] if change["text"]]
        self.changes = {(pk, change["place"]): change for pk, change in asserted}
        self.named = _named(ids)

    def place_offers(self) -> list[Offer]:
        """Every place, by name."""
        found = [Offer(row["pk"], row["code"], self._name(row)) for row in self.places.values()]
        return sorted(found, key=lambda offer: by_letters(offer.name))

    def _name(self, row: Row) -> str:
        """What the later edition calls a place, and beside it what the earlier one did, where that is another name."""
        name: str = row["name_1"] or row["code"]
        if row["name_0"] in (row["name_1"], None):
            return name
        told = {"name": name, "label": self.editions[0].label, "earlier": row["name_0"]}
        return gettext("%(name)s (in %(label)s: %(earlier)s)") % told

    def theme_offers(self) -> list[Offer]:
        """The themes of both editions, those of the later one first."""
        return [Offer(pk, row["key"], row["text"].title, row["text"].lang) for pk, row in self.titles.items()]

    def lines(self, place: Offer | None, theme: Offer | None) -> list[Line]:
        """Of one theme its places; else the themes, for one place or for all."""
        if theme is None or place is not None:
            return [self._line(pk, place) for pk in self.titles if theme is None or pk == theme.pk]
        kin = self._kin(theme.pk, 0) | self._kin(theme.pk, 1)
        pks = {place_pk for theme_pk, place_pk, _edition in self.named if theme_pk in kin}
        offers = [offer for offer in self.place_offers() if offer.pk in pks]
        return [self._line(theme.pk, offer, by_place=True) for offer in offers]

    def _line(self, theme: int, place: Offer | None, by_place: bool = False) -> Line:
        became, where = self._derived(theme, place.pk if place else None)
        row = self.changes.get((theme, place.pk if place else None))
        title = self.titles[theme]["text"]
        return Line(
            name=place.name if place and by_place else "",
            title=None if by_place else title,
            url=reverse("pages:place", args=[place.key]) if by_place and place else _theme_url(title),
            became=Became(row["state"]) if row else became,
            where="" if row else where,
            note=as_text(ThemeChangeText, row["text"]) if row else None,
            **({name: row[name] for name in SOURCE_COLUMNS} if row else {}),
            following=[] if by_place else self._following(theme),
        )

    def _derived(self, theme: int, place: int | None) -> tuple[Became, str]:
        """What follows from the editions, and which of them is silent."""
        said = [self._says(theme, place, index) for index in (0, 1)]
        if all(said):
            return Became.CONTINUED, ""
        silent = 0 if said[1] else 1
        if place is not None and self.places[place][f"status_{silent}"] == ExaminedStatus.NOT_EXAMINED:
            return Became.NOT_EXAMINED, self.editions[silent].label
        return (Became.NEW, "") if said[1] else (Became.NOT_MENTIONED, self.editions[silent].label)

    def _says(self, theme: int, place: int | None, index: int) -> bool:
        """Whether an edition treats a theme, or names the place in it; a theme also under the names it had or got."""
        edition = self.editions[index].pk
        kin = self._kin(theme, index)
        if place is None:
            return any((one, edition) in self.present for one in kin)
        return any((one, place, edition) in self.named for one in kin)

    def _kin(self, theme: int, index: int) -> set[int]:
        """The theme, with those it follows from where the earlier edition is asked, else those it goes on in."""
        side, other = ("later", "earlier") if index == 0 else ("earlier", "later")
        found, new = {theme}, {theme}
        while new:
            links = [link for one in new if one in self.titles for link in self.titles[one]["links"]]
            new = {link[other] for link in links if link[side] in new} - found
            found |= new
        return found

    def _following(self, theme: int) -> list[Following]:
        found = []
        for link in self.titles[theme]["links"]:
            forward = link["earlier"] == theme
            other = self.titles.get(link["later" if forward else "earlier"])
            if other:
                note = as_text(ThemeLinkText, link["note"])
                found.append(Following(LinkKind(link["kind"]), forward, other["text"], note))
        return found


def _editions() -> list[ComparedEdition]:
    found = ReportEdition.objects.stood_by().order_by("-period_end", "-pk")
    columns = {name: name for name in ("pk", "key", "label", "year", "released_on")}
    return [ComparedEdition(**{**row, "released_on": as_day(row["released_on"])}) for row in rows(found, columns)]


def _edition(editions: list[ComparedEdition], asked: str) -> ComparedEdition | None:
    for name in ("key", "label", "year"):
        found = [edition for edition in editions if str(getattr(edition, name)) == asked]
        if len(found) == 1:
            return found[0]
    return None


def _offered(offers: list[Offer], key: str) -> Offer | None:
    return next((offer for offer in offers if offer.key == key), None)


def _links(lang: str) -> Any:
    found = ThemeLink.objects.filter(Q(earlier=OuterRef("theme_id")) | Q(later=OuterRef("theme_id"))).order_by("pk")
    return below(
        found, {"earlier": "earlier_id", "later": "later_id", "kind": "kind", "note": words(ThemeLinkText, lang)}
    )


def _place_columns(lang: str, earlier: ComparedEdition, later: ComparedEdition) -> dict[str, Any]:
    statuses = {
        f"status_{index}": Subquery(
            EditionPlace.objects.filter(place=OuterRef("pk"), edition=edition.pk).values("status")[:1]
        )
        for index, edition in enumerate((earlier, later))
    }
    names = {
        f"name_{index}": place_name(lang, of="pk", edition=edition.pk) for index, edition in enumerate((earlier, later))
    }
    return {"pk": "pk", "code": "code", **names, **statuses}


def _changes(earlier: ComparedEdition, later: ComparedEdition, lang: str) -> Any:
    """What editors assert of a theme; public where its note is."""
    found = ThemeChange.objects.filter(theme=OuterRef("theme_id"), earlier=earlier.pk, later=later.pk)
    columns = {"place": "place_id", "state": "state", "text": words(ThemeChangeText, lang)}
    return below(found.order_by("pk"), {**columns, **SOURCE_COLUMNS})


def _named(editions: Iterable[int]) -> set[tuple[int, int, int]]:
    """Theme, place, edition of every finding that names a place."""
    findings = Finding.objects.stood_by().filter(edition__in=editions)
    found = FindingPlace.objects.filter(
        stood_by("finding__finding_themes__theme"), finding__in=findings.values("pk")
    ).values_list("finding__finding_themes__theme__theme_id", "place_id", "finding__edition_id")
    return set(found.distinct())


def _demands(
    earlier: ComparedEdition, later: ComparedEdition, place: Offer | None, theme: Offer | None, lang: str
) -> tuple[list[ReadDemand], list[ReadDemand]]:
    """Those first put forward with the later edition, and those that ended between the release of both; two queries."""
    demands = Demand.objects.stood_by().order_by("pk")
    if place:
        demands = demands.filter(place=place.pk)
    if theme:
        demands = demands.filter(themes=theme.pk)
    between = DemandEvent.objects.filter(demand=OuterRef("pk"), on__gt=earlier.released_on, on__lte=later.released_on)
    happened = read_demands(demands.filter(Exists(between)), lang)
    closed = [demand for demand in happened if _ended_between(demand, earlier.released_on, later.released_on)]
    return read_demands(demands.filter(first_edition=later.pk), lang), closed


def _ended_between(demand: ReadDemand, after: date, until: date) -> bool:
    """Whether it stood open at the first day's end, and had ended at the second's."""
    happened = [(event.on, turn, event.kind) for turn, event in enumerate(demand.events)]
    before = standing_after(event for event in happened if event[0] <= after)
    then = standing_after(event for event in happened if event[0] <= until)
    return before not in ENDED and then in ENDED


def _theme_url(title: ThemeText) -> str:
    return reverse("pages:theme", args=[title.slug])
