"""The open data of editions: which files there are, what stands in them and under which licence.

A file is the same for everyone and holds what the public may read at that moment: every query starts from what is
visible. Nothing here reads a table of people: signatures and pledges are no part of a report.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from reports.content_file import LANGUAGES
from reports.editorial.publishing import stood_by
from reports.importing.csv_writing import neutral
from reports.importing.sheets import SHEETS
from reports.models import Finding, FindingPlace, ReportEdition, Source, ThemeInEdition, ThemeText
from reports.reading import Row, as_text, rows, words
from reports.report_file.exporting import Export, about

FORMATS: Final = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
COLUMNS: Final = (
    *("key", "address", "kind", "attribution", "scope", "themes", "places", "occurred_from", "occurred_to"),
    *("precision", "sources"),
    *(f"{name}_{lang}" for lang in LANGUAGES for name in SHEETS["findings"].worded),
)
"""Columns of the table of findings: only ever added to, at the end."""
MEANINGS: Final = {
    "key": "Key of the finding in its edition; it stays.",
    "address": "Where the finding can be read and cited.",
    "kind": "violation, trend, context, progress or warning",
    "attribution": "established, reported_by or alleged",
    "scope": "world, region or places",
    "themes": "Keys of its themes, the home first",
    "places": "Code and role of each place, as in “PS where; US actor”",
    "occurred_from": "First day",
    "occurred_to": "Last day",
    "precision": "How exactly the days are known: day, month, year or unknown",
    "sources": "Title and address of what it stands on",
    "statement": "The statement in our words",
    "explanation": "What helps to read it",
    "content_warning": "What a reader may want to know before",
    "reply": "The reply of the accused side",
}


@dataclass(frozen=True)
class Part:
    """A part of an edition: the findings of one theme or on one place. Neither: all of them."""

    theme: str = ""
    place: str = ""


@dataclass(frozen=True)
class DataSet:
    """The findings of an edition, or of a part of it."""

    edition: ReportEdition
    part: Part = Part()

    def pieces(self, form: str) -> Iterator[str]:
        """The file in one of `FORMATS`."""
        return self._table() if form == "csv" else self._json()

    def sha256(self, form: str) -> tuple[str, int]:
        """Hash and number of bytes of the file."""
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces(form):
            content = piece.encode()
            digest.update(content)
            size += len(content)
        return digest.hexdigest(), size

    @property
    def is_empty(self) -> bool:
        """Whether the part names nothing that is there."""
        return self.part != Part() and not self._ids()

    def _ids(self) -> list[int]:
        export = Export(self.edition)
        if self.part == Part():
            return export.finding_ids
        found = Finding.objects.filter(pk__in=export.finding_ids)
        if self.part.theme:
            found = found.filter(finding_themes__theme__in=export.the_themes.filter(theme__key=self.part.theme))
        if self.part.place:
            found = found.filter(finding_places__place__code=self.part.place)
        kept = set(found.values_list("pk", flat=True))
        return [pk for pk in export.finding_ids if pk in kept]

    def _json(self) -> Iterator[str]:
        """All of an edition in the form that can be imported again; a part of it as a list of findings."""
        export = Export(self.edition)
        if self.part == Part():
            yield from export.pieces()
            return
        head = {"about": about(), "edition": export.head()["edition"]}
        yield "{\n" + "".join(f" {json.dumps(key)}: {_json(value)},\n" for key, value in head.items())
        yield ' "findings": ['
        between = "\n  "
        for finding in export.findings(self._ids()):
            yield between + _json(finding)
            between = ",\n  "
        yield "\n ]\n}\n"

    def _table(self) -> Iterator[str]:
        sources = {source.key: source for source in Source.objects.all()}
        uids = dict(Finding.objects.filter(edition=self.edition).values_list("key", "uid"))
        yield "\ufeff" + _line(COLUMNS)
        for finding in Export(self.edition).findings(self._ids()):
            cells = _cells(finding, sources)
            cells["address"] = settings.ORIGIN + reverse("permalinks:finding", args=[uids[finding["key"]]])
            yield _line([neutral(cells.get(column, "")) for column in COLUMNS])


def data_package(edition: ReportEdition, below: str = "") -> dict[str, Any]:
    """What the files of an edition are, with their hashes: a Data Package (https://datapackage.org/).

    `below` is the address of the folder in which the files stand, empty where the package stands beside them.
    """
    licence = {"name": settings.DATA_LICENCE, "path": settings.DATA_LICENCES[settings.DATA_LICENCE]}
    return {
        "profile": "data-package",
        "name": edition.key,
        "title": f"{edition.publisher.name} {edition.label}: findings in our words",
        "homepage": settings.ORIGIN,
        "licenses": [licence],
        "sources": [
            {"title": f"{edition.publisher.name} {edition.label} ({edition.licence})", "path": edition.source_url}
        ],
        "resources": [_resource(edition, form, below) for form in FORMATS],
    }


def fields() -> list[dict[str, str]]:
    """The columns of the table, each with its meaning."""
    return [{"name": name, "type": "string", "description": _meaning(name)} for name in COLUMNS]


def places_with_data() -> dict[int, list[str]]:
    """By edition, the codes of the places on which its public findings say something; one query."""
    at_home = stood_by("finding__finding_themes__theme") & Q(finding__finding_themes__primary=True)
    found = FindingPlace.objects.filter(stood_by("finding"), stood_by("finding__edition"), at_home)
    pairs = found.values_list("finding__edition", "place__code").distinct()
    codes: dict[int, list[str]] = {}
    for edition, code in pairs.order_by("place__code"):
        codes.setdefault(edition, []).append(code)
    return codes


def themes_with_data(lang: str) -> dict[int, list[Row]]:
    """By edition, the keys of its public themes with their titles in a language; one query."""
    found = ThemeInEdition.objects.stood_by().order_by("position", "pk")
    columns = {"edition": "edition_id", "key": "theme__key", "text": words(ThemeText, lang)}
    themes: dict[int, list[Row]] = {}
    for row in rows(found, columns):
        themes.setdefault(row["edition"], []).append({**row, "text": as_text(ThemeText, row["text"])})
    return themes


def _resource(edition: ReportEdition, form: str, below: str) -> dict[str, Any]:
    digest, size = DataSet(edition).sha256(form)
    shape = {"schema": {"fields": fields()}} if form == "csv" else {}
    return {
        **{"name": f"{edition.key}-{form}", "path": f"{below}{edition.key}.{form}", "format": form},
        **{"mediatype": FORMATS[form].split(";")[0], "encoding": "utf-8", "hash": f"sha256:{digest}", "bytes": size},
        **shape,
    }


def _meaning(column: str) -> str:
    if column in MEANINGS:
        return MEANINGS[column]
    name, _, lang = column.rpartition("_")
    return f"{MEANINGS[name]} ({lang})"


def _cells(finding: dict[str, Any], sources: dict[str, Source]) -> dict[str, str]:
    plain = {name: value for name, value in finding.items() if name not in ("places", "evidence", "texts", "themes")}
    words = {f"{name}_{lang}": text for lang, texts in finding["texts"].items() for name, text in texts.items()}
    stands_on = [sources[part["source"]] for part in finding["evidence"]]
    return {
        **{name: "" if value is None else str(value) for name, value in plain.items()},
        **words,
        "themes": " ".join(finding["themes"]),
        "places": "; ".join(f"{place['code']} {place['role']}" for place in finding["places"]),
        "sources": "; ".join(f"{source.title} <{source.url or source.doc_symbol}>" for source in stands_on),
    }


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
