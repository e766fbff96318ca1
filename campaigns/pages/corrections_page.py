"""Every correction of what the public may see, newest first; for the page and for the feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Case, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.models import Campaign, Demand
from campaigns.pages.report_page import address
from campaigns.pages.search_kinds import KINDS
from campaigns.petitions.petitions import Petition
from reports.corrections import COLUMNS, ReadCorrection, as_correction
from reports.editorial.corrections import Correction
from reports.instrument_reading import readable_instruments
from reports.models import EditionText, Finding, Instrument, ReportEdition, SearchDocument, ThemeInEdition
from reports.reading import LAST_RESORT, Row, first, own_language_first, rows, words

OF_KIND: Final[dict[str, Any]] = {
    "edition": ReportEdition,
    "finding": Finding,
    "theme": ThemeInEdition,
    "instrument": Instrument,
    "campaign": Campaign,
    "demand": Demand,
    "petition": Petition,
    "demonstration": Demonstration,
}
"""What has a page, by the names that the search index gives the kinds; an edition is not in it."""


@dataclass(frozen=True)
class Entry:
    """A correction with the thing it is about, under its title in the language of the page where it has one."""

    correction: ReadCorrection
    thing: str
    title: str
    url: str
    lang: str
    foreign: bool

    @property
    def dir(self) -> str:
        """Writing direction of the title."""
        return "rtl" if get_language_info(self.lang)["bidi"] else "ltr"


def told() -> QuerySet[Correction]:
    """The corrections of what is public now, what was retracted among it; newest first."""
    seen = Q(pk=None)  # nothing
    for model in OF_KIND.values():
        shown = readable_instruments() if model is Instrument else model.objects.visible()
        seen |= Q(object_type=model._meta.label_lower, object_id__in=shown.values("pk"))
    return Correction.objects.filter(seen).order_by("-pk")


def told_in_feeds() -> QuerySet[Correction]:
    """Those of them that a reader's program may keep: none of a petition in safe mode."""
    safe = Petition.objects.filter(safe_mode=True).values("pk")
    return told().exclude(object_type=Petition._meta.label_lower, object_id__in=safe)


def entries(found: QuerySet[Correction], lang: str) -> list[Entry]:
    """Corrections with titles and addresses; one query."""
    kinds = [When(object_type=model._meta.label_lower, then=Value(kind)) for kind, model in OF_KIND.items()]
    texts = SearchDocument.objects.filter(kind=OuterRef("thing"), object_id=OuterRef("object_id"))
    nearest = texts.order_by(own_language_first(lang), own_language_first(LAST_RESORT), "lang")
    columns = {
        **{name: name for name in COLUMNS},
        "thing": "thing",
        "text": first(nearest, {name: name for name in ("lang", "title", "address")}),
        "edition": first(
            ReportEdition.objects.visible().filter(pk=OuterRef("object_id")),
            {"address": "key", "text": words(EditionText, lang)},
        ),
    }
    found_rows = rows(found.annotate(thing=Case(*kinds, default=Value(""))), columns)
    return [_entry(row, text, lang) for row in found_rows if (text := _text(row))]


def _text(row: Row) -> Row | None:
    """Title, language and address of the thing; None where it has no words."""
    edition: Row | None = row["edition"] if row["thing"] == "edition" else None
    if edition is not None:
        return {**edition["text"], "address": edition["address"]} if edition["text"] else None
    found: Row | None = row["text"]
    return found


def _entry(row: Row, text: Row, lang: str) -> Entry:
    kind = row["thing"]
    label, route = (_("Edition"), "pages:edition") if kind == "edition" else (KINDS[kind].label, KINDS[kind].route)
    own = text["lang"] if text["lang"] in dict(settings.LANGUAGES) else lang
    return Entry(
        correction=as_correction({name: row[name] for name in COLUMNS}),
        thing=str(label),
        title=text["title"],
        url=address(own, route, text["address"]),
        lang=text["lang"],
        foreign=text["lang"] != lang,
    )
