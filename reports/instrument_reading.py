"""Treaties, laws and rulings as their own pages show them, with the themes that they bear on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from reports.corrections import ReadCorrection, corrections, read_corrections
from reports.editorial.publishing import stood_by, visible
from reports.instruments import InstrumentKind
from reports.models import Instrument, InstrumentLink, InstrumentLinkText, InstrumentText, ThemeText
from reports.reading import Row, as_day, as_text, below, place_name, rows, words


@dataclass(frozen=True)
class Bearing:
    """What an instrument does to a theme of one edition, and why."""

    stance: str
    edition: str
    theme: ThemeText
    note: InstrumentLinkText | None


@dataclass(frozen=True)
class ReadInstrumentPage:
    """An instrument in the language of a page; its themes by edition, the newest first."""

    uid: str
    state: str
    kind: str
    identifier: str
    url: str
    jurisdiction: str
    jurisdiction_code: str
    adopted_on: date | None
    in_force_on: date | None
    ended_on: date | None
    text: InstrumentText
    bearings: list[Bearing]
    corrections: list[ReadCorrection]

    @property
    def kind_label(self) -> str:
        """What sort of rule it is."""
        return str(InstrumentKind(self.kind).label)


def find_instrument(uid: str, lang: str) -> ReadInstrumentPage | None:
    """A public instrument with all that its page shows; one query."""
    found = rows(readable_instruments().filter(uid=uid), _columns(lang))
    return next((page for row in found if (page := _as_page(row))), None)


def readable_instruments() -> QuerySet[Instrument]:
    """Those that have a page: public, and bearing on a theme that can be read. A file may bring one before its edition
    comes out."""
    theme = InstrumentLink.objects.filter(visible("theme"), visible("theme__edition"), instrument=OuterRef("pk"))
    return Instrument.objects.visible().filter(Exists(theme))


def listed_instruments() -> QuerySet[Instrument]:
    """Those that we stand by, and that bear on a theme that we stand by."""
    return Instrument.objects.stood_by().filter(Exists(_links()))


def listed_bearings() -> QuerySet[InstrumentLink]:
    """What instruments do to themes that we stand by."""
    return InstrumentLink.objects.filter(stood_by("theme"), stood_by("theme__edition"))


def _links() -> QuerySet[InstrumentLink]:
    return listed_bearings().filter(instrument=OuterRef("pk"))


def _columns(lang: str) -> dict[str, Any]:
    plain = ["uid", "state", "kind", "identifier", "url", "adopted_on", "in_force_on", "ended_on"]
    newest_first = _links().order_by("-theme__edition__period_end", "theme__position", "pk")
    bearing = {
        "stance": "stance",
        "edition": "theme__edition__label",
        "theme": words(ThemeText, lang, of="theme_id", original="theme__original_lang"),
        "note": words(InstrumentLinkText, lang),
    }
    return {
        **{name: name for name in plain},
        "jurisdiction": place_name(lang, of="jurisdiction_id"),
        "jurisdiction_code": "jurisdiction__code",
        "text": words(InstrumentText, lang),
        "bearings": below(newest_first, bearing),
        "corrections": corrections(Instrument),
    }


def _as_page(row: Row) -> ReadInstrumentPage | None:
    text = as_text(InstrumentText, row["text"])
    if text is None:
        return None
    parts = {
        **{name: as_day(row[name]) for name in ("adopted_on", "in_force_on", "ended_on")},
        "jurisdiction": row["jurisdiction"] or row["jurisdiction_code"] or "",
        "jurisdiction_code": row["jurisdiction_code"] or "",
        "text": text,
        "bearings": [bearing for below_it in row["bearings"] if (bearing := _as_bearing(below_it))],
        "corrections": read_corrections(row["corrections"], text.lang),
    }
    return ReadInstrumentPage(**{**row, **parts})


def _as_bearing(row: Row) -> Bearing | None:
    theme = as_text(ThemeText, row["theme"])
    if theme is None:
        return None
    return Bearing(row["stance"], row["edition"], theme, as_text(InstrumentLinkText, row["note"]))
