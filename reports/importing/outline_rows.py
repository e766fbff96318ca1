"""An outline as the rows of the tables of a report, which are read from there on as those of a CSV set are.

An edition, a publisher or a theme that is stored need not be described again: what the outline does not say of it is
taken from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.utils.text import slugify

from reports.content_file import LANGUAGES
from reports.importing.outline import Outline, Outlined
from reports.importing.outline_blocks import shown
from reports.importing.outline_labels import Said, without_direction
from reports.importing.outline_lines import Sources, Unclear, cited_in, places_of, when_of
from reports.importing.positions import At
from reports.importing.sheets import PUBLISHER_COLUMNS, SHEETS
from reports.importing.table_rows import TableRow, cells_of
from reports.models import Publisher, ReportEdition, Source
from reports.report_file.exporting import Export

CHOICES: Final = frozenset({"kind", "attribution", "scope", "precision", "status"})
KEYS: Final = frozenset({"key", "publisher_key", "original_lang", "needs_review", "lang"})
CODE: Final = re.compile(r"[A-Za-z]{2}|[Xx]-[\w-]+")
LONGEST_KEY: Final = {"themes": 60}
Cells = dict[str, str]


def outline_rows(outline: Outline) -> dict[str, list[TableRow]]:
    """The rows by table. What cannot be read is added to the strays of the outline."""
    return _Rows(outline).tables


@dataclass
class Stored:
    """What is stored of the edition, its publisher and its themes, as cells of their tables."""

    edition: Cells = field(default_factory=dict)
    themes: dict[str, Cells] = field(default_factory=dict)


def stored_of(edition_key: str, publisher_key: str) -> Stored:
    """By the keys that an outline names; empty where nothing is stored under them."""
    edition = ReportEdition.objects.select_related("publisher").filter(key=edition_key).first()
    if edition:
        export = Export(edition, drafts=True)
        lists = dict.fromkeys(("places", "sources", "findings", "people", "voices", "instruments"), ())
        report = {**export.head(), **lists, "themes": list(export.themes()), "original_lang": edition.original_lang}
        found = list(cells_of(report))
        themes = {cells["key"]: cells for sheet, cells in found if sheet == "themes"}
        return Stored(next(cells for sheet, cells in found if sheet == "edition"), themes)
    publisher = Publisher.objects.filter(key=publisher_key).first()
    if publisher is None:
        return Stored()
    return Stored({f"publisher_{name}": getattr(publisher, name) for name in PUBLISHER_COLUMNS})


class _Rows:
    """Builds the tables, the edition first."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.tables: dict[str, list[TableRow]] = {name: [] for name in SHEETS}
        self.lang = "en"
        self.sources = Sources(lambda: Source.objects.values_list("key", "title", "url"))
        self.seen: dict[tuple[str, str], Outlined] = {}
        if outline.edition:
            self.stored = self.read_stored(outline.edition)
            self.add_edition(outline.edition)
            self.add_lists()
            self.add_themes()

    def read_stored(self, edition: Outlined) -> Stored:
        key, publisher = (without_direction(edition.value(name)).casefold() for name in ("key", "publisher_key"))
        stored = stored_of(key, publisher)
        if publisher and stored.edition.get("publisher_key") != publisher:
            others = stored_of("", publisher).edition
            stored.edition = {name: cell for name, cell in stored.edition.items() if not name.startswith("publisher_")}
            stored.edition |= others
        lang = without_direction(edition.value("original_lang")).casefold() or stored.edition.get("original_lang", "en")
        self.lang = lang if lang in LANGUAGES else "en"
        return stored

    # --- Tables -----------------------------------------------------------------------------------------------------

    def add_edition(self, edition: Outlined) -> None:
        row = self.row(edition)
        _fill(row, self.stored.edition)
        self.tables["edition"].append(row)

    def add_lists(self) -> None:
        for place in self.outline.places:
            row = self.row(place)
            if CODE.fullmatch(code := row.cells.get("code", "")):
                row.cells["code"] = code.upper()
            row.cells.setdefault("parent", "")
            self.tables["places"].append(row)
        for source in self.outline.sources:
            row = self.row(source)
            self.give_key(source, row, source.value("title"))
            self.tables["sources"].append(row)
            self.sources.add(row.cells["key"], row.cells.get("title", ""), row.cells.get("url", ""))

    def add_themes(self) -> None:
        last = 0
        for theme, findings in self.outline.themes:
            row = self.row(theme)
            self.give_key(theme, row, theme.heading)
            _fill(row, self.stored.themes.get(row.cells["key"], {}))
            last = self.finish_theme(row, last)
            self.tables["themes"].append(row)
            for finding in findings:
                self.add_finding(finding, row.cells["key"])

    def finish_theme(self, row: TableRow, last: int) -> int:
        """Its address from its title, and its place after the one before, where nothing else is said or stored."""
        for lang in LANGUAGES:
            if title := row.cells.get(f"title_{lang}"):
                row.cells.setdefault(f"slug_{lang}", slugify(title, allow_unicode=True))
        position = row.cells.setdefault("position", str(last + 1))
        return int(position) if re.fullmatch("[0-9]{1,6}", position) else last

    def add_finding(self, finding: Outlined, home: str) -> None:
        row = self.row(finding)
        self.give_key(finding, row, finding.heading)
        row.cells["themes"] = f"{home} {without_direction(finding.value('also_in')).casefold()}"
        self.add_when(finding, row)
        self.tables["findings"].append(row)
        last: list[TableRow] = []
        for said in finding.several:
            try:
                last = self.add_several(finding, row.cells["key"], said, last)
            except Unclear as error:
                self.outline.stray_line(said, str(error))
                last = []

    def add_when(self, finding: Outlined, row: TableRow) -> None:
        if (said := finding.said.get(("when", ""))) is None:
            return
        try:
            when = when_of(said.value)
        except Unclear as error:
            self.outline.stray_line(said, str(error))
            return
        for column, cell in (("occurred_from", when.start), ("occurred_to", when.end), ("precision", when.precision)):
            row.cells.setdefault(column, cell)

    def add_several(self, finding: Outlined, key: str, said: Said, last: list[TableRow]) -> list[TableRow]:
        """Rows of places or sources; a locality and a note belong to the one before them."""
        at = self.at(finding, said)
        if said.column == "place":
            found = ({"code": code, "role": role} for code, role in places_of(said.value))
            return self.add_rows("finding_places", key, at, found)
        if said.column == "source":
            return self.add_rows("evidence", key, at, [{"note": "", **cited_in(said, self.sources).cells()}])
        column, owner = "note", "source"
        if said.column == "locality":
            column, owner = f"locality_{said.lang or self.lang}", "code"
        if not last or owner not in last[-1].cells:
            raise Unclear("belongs to nothing: it comes after the line of the place or source that it is of")
        if last[-1].cells.get(column):
            raise Unclear("is said twice: leave one out")
        for row in last:
            if row.cells[owner] == last[-1].cells[owner]:  # the last place of the line, in each of its roles
                row.cells[column] = said.value
        return last

    def add_rows(self, sheet: str, key: str, at: At, cells: Iterable[Cells]) -> list[TableRow]:
        """Rows below a finding, which stand on one line."""
        rows = [TableRow(at, {"finding": key, **one}, dict.fromkeys(SHEETS[sheet].header, at)) for one in cells]
        self.tables[sheet] += rows
        return rows

    # --- Rows -------------------------------------------------------------------------------------------------------

    def row(self, one: Outlined) -> TableRow:
        """What is said of it by column; every column stands somewhere, so that what is missing can be told."""
        cells: Cells = {}
        at = At(self.outline.blocks.name, one.number, "", shown(one.heading), self.outline.blocks.unit)
        cells_at = {name: self.at(one, Said(one.number, label, name, "", "")) for name, label in self.columns(one)}
        for said in one.said.values():
            column = said.column
            if said.is_heading and (column, self.lang) in one.said:
                continue
            if one.sort.is_worded(column):
                column = f"{column}_{said.lang or self.lang}"
            if column in cells:
                self.outline.stray_line(said, "is said twice: leave one out")
            if column in SHEETS[one.sort.sheet].header:
                cells[column] = said.value if one.sort.is_worded(said.column) else _cell(said)
            cells_at[column] = self.at(one, said)
        return TableRow(at, cells, cells_at)

    def columns(self, one: Outlined) -> Iterator[tuple[str, str]]:
        """The columns of its table with their labels."""
        for label, name in one.sort.labels.items():
            yield (f"{name}_{self.lang}" if one.sort.is_worded(name) else name), label.capitalize()

    def at(self, one: Outlined, said: Said) -> At:
        return At(self.outline.blocks.name, said.number, said.label, shown(one.heading), self.outline.blocks.unit)

    def give_key(self, one: Outlined, row: TableRow, title: str) -> None:
        """Its key, made from its title if none is said. What has none of its own is told, and read on under another."""
        sheet = one.sort.sheet
        key = row.cells.setdefault("key", _key_of(title, LONGEST_KEY.get(sheet, 80)))
        earlier = self.seen.setdefault((sheet, key), one) if key else one
        if not key:
            advice = "gives no key in small Latin letters and digits: add a line “Key: …”"
            self.outline.stray(one.number, advice, one.heading, "Key")
        elif earlier is not one:
            unit, number = self.outline.blocks.unit, row.cell_at("key").line
            advice = f"is the key of another one on {unit} {earlier.number}: add a line “Key: …” of its own"
            self.outline.stray(number, advice, key, "Key")
        if not key or earlier is not one:
            row.cells["key"] = f"{sheet}-{len(self.tables[sheet])}-on-{one.number}"


def _fill(row: TableRow, stored: Cells) -> None:
    """Cells that the outline says nothing of: those of words only in languages in which it says something."""
    spoken = {lang for lang in LANGUAGES if any(name.endswith(f"_{lang}") for name in row.cells)}
    for name, cell in stored.items():
        lang = name.rpartition("_")[2]
        if lang not in LANGUAGES or lang in spoken:
            row.cells.setdefault(name, cell)


def _cell(said: Said) -> str:
    """The value of something that is no prose, as the tables have it."""
    value = without_direction(said.value)
    if said.column in CHOICES:
        return re.sub(r"[\s_-]+", "_", value.casefold())
    if said.column in KEYS:
        return value.casefold()
    if said.column.endswith("url") and len(said.links) == 1 and said.links[0].words == said.value:
        return said.links[0].address
    return value


def _key_of(title: str, longest: int) -> str:
    """A key in small letters, of whole words as far as they go."""
    key = re.sub(r"[-_]+", "-", slugify(title)).strip("-")
    if len(key) <= longest:
        return key
    return key[:longest].rpartition("-")[0] or key[:longest]
