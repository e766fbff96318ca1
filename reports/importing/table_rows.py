"""Rows of the tables of a report as the object that a JSON bundle holds, with the cell each of its values came from.

A CSV set has its rows in files; an outline says the same in headings and lines.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from reports.content_file import LANGUAGES, Problem
from reports.importing.positions import At, Positions
from reports.importing.sheets import (
    DROPPED_IF_EMPTY,
    EDITION_COLUMNS,
    FLAGS,
    HEAD_COLUMNS,
    LISTS,
    NULLABLE,
    NUMBERS,
    PUBLISHER_COLUMNS,
    SHEETS,
)
from reports.report_file.reading import FORMAT

TABLES_OF_THEIR_OWN: Final = ("places", "sources", "themes", "findings", "people", "voices", "instruments")
SINCE_EARLIER_EDITIONS: Final = ("theme_links", "theme_changes")
YES, NO = {"true", "yes", "1"}, {"false", "no", "0"}


@dataclass(frozen=True)
class TableRow:
    """A row of a table: where it stands, and its cells by column; a column that nothing is said of is absent."""

    at: At
    cells: dict[str, str]
    cells_at: Mapping[str, At] = field(default_factory=dict)
    """Cells that stand elsewhere than on the row's own line, under a name of their own."""

    def cell_at(self, column: str) -> At:
        """Where a cell stands."""
        return self.cells_at.get(column) or replace(self.at, column=column)


Tables = Mapping[str, list[TableRow]]


class TableReader:
    """Builds the object and notes positions on the way; what is wrong is added to the problems."""

    def __init__(self, tables: Tables, problems: list[Problem]) -> None:
        self.tables = tables
        self.problems = problems
        self.positions = Positions()

    def report(self) -> dict[str, Any]:
        """All of it; a list below a finding or an instrument comes from a table of its own."""
        head = self.edition()
        report = {"format": FORMAT, **head}
        for name in (*TABLES_OF_THEIR_OWN, *SINCE_EARLIER_EDITIONS):
            report[name] = [self.entry(name, row, f"{name}[{index}]") for index, row in enumerate(self.tables[name])]
        self.places(report["places"])
        for finding in report["findings"]:
            finding |= {"places": [], "evidence": []}
        for instrument in report["instruments"]:
            instrument["links"] = []
        self.attach(report, "finding_places", "findings", "finding", "places")
        self.attach(report, "evidence", "findings", "finding", "evidence")
        self.attach(report, "instrument_links", "instruments", "instrument", "links")
        for finding in report["findings"]:
            for place in finding["places"]:
                words = place.pop("texts")
                if words:
                    place["locality"] = {lang: text["locality"] for lang, text in words.items()}
        return report

    def edition(self) -> dict[str, Any]:
        """The one row of the first table: edition and publisher side by side."""
        rows = self.tables["edition"]
        if len(rows) != 1:
            if rows:
                at = f"{rows[1].at.file}, line {rows[1].at.line}"
                self.problems.append(Problem(at, "", "is one edition too many: a set holds one"))
            return {"publisher": {}, "edition": {"texts": {}}}
        row = rows[0]
        plain = {column: _value(column, cell) for column, cell in row.cells.items() if _is_said(column, cell)}
        prefix = "publisher_"
        publisher = {name: plain[prefix + name] for name in PUBLISHER_COLUMNS if prefix + name in plain}
        edition = {name: plain[name] for name in EDITION_COLUMNS if name in plain}
        self.note("edition", row, "", *EDITION_COLUMNS)
        self.note("publisher", row, prefix, *PUBLISHER_COLUMNS)
        head: dict[str, Any] = {name: plain[name] for name in HEAD_COLUMNS if name in plain}
        for name in head:
            self.positions.by_path[name] = row.cell_at(name)
        texts = self.words("edition", row, "edition.texts")
        return {**head, "publisher": publisher, "edition": {**edition, "texts": texts}}

    def entry(self, sheet: str, row: TableRow, path: str, *leave: str) -> dict[str, Any]:
        """One row as an object, its words under `texts` where the table has any."""
        names = [name for name in SHEETS[sheet].plain if name in row.cells and name not in leave]
        entry = {name: _value(name, row.cells[name]) for name in names if _is_said(name, row.cells[name])}
        self.note(path, row, "", *SHEETS[sheet].plain)
        if SHEETS[sheet].worded:
            entry["texts"] = self.words(sheet, row, f"{path}.texts")
        return entry

    def words(self, sheet: str, row: TableRow, path: str) -> dict[str, dict[str, str]]:
        """The words of each language that has any in this row."""
        texts: dict[str, dict[str, str]] = {}
        for lang in LANGUAGES:
            cells = {
                name: row.cells[f"{name}_{lang}"] for name in SHEETS[sheet].worded if f"{name}_{lang}" in row.cells
            }
            if any(cells.values()):
                texts[lang] = cells
                self.note(f"{path}.{lang}", row, "", *SHEETS[sheet].worded, ending=f"_{lang}")
        return texts

    def places(self, places: list[dict[str, Any]]) -> None:
        """Names and notes of places, which a bundle keeps apart."""
        for index, (place, row) in enumerate(zip(places, self.tables["places"], strict=True)):
            words = place.pop("texts")
            names = {lang: text["name"] for lang, text in words.items() if text.get("name")}
            notes = {
                lang: {"text": text.get("note", ""), "policy_url": text.get("note_policy_url", "")}
                for lang, text in words.items()
                if text.get("note") or text.get("note_policy_url")
            }
            kept = {lang: text["edition_name"] for lang, text in words.items() if text.get("edition_name")}
            place |= {"names": names} if names else {}
            place |= {"edition_names": kept} if kept else {}
            place |= {"notes": notes} if notes else {}
            for lang in LANGUAGES:
                at = {
                    f"names.{lang}": "name",
                    f"edition_names.{lang}": "edition_name",
                    f"notes.{lang}": "note",
                    f"notes.{lang}.policy_url": "note_policy_url",
                }
                for below, column in at.items():
                    self.positions.by_path[f"places[{index}].{below}"] = row.cell_at(f"{column}_{lang}")

    def attach(self, report: dict[str, Any], sheet: str, above: str, key: str, name: str) -> None:
        """Put the rows of a table below the objects that they name."""
        owners: dict[str, int] = {}
        for index, owner in enumerate(report[above]):
            owners.setdefault(str(owner.get("key", "")), index)
        counts: dict[int, int] = defaultdict(int)
        for row in self.tables[sheet]:
            index_of_owner = owners.get(row.cells.get(key, ""))
            if index_of_owner is None:
                at = f"{row.at.file}, line {row.at.line}, {key}"
                advice = f"is no key of {above}.csv: correct it or add the row there"
                self.problems.append(Problem(at, f'"{row.cells.get(key, "")}"', advice))
                continue
            path = f"{above}[{index_of_owner}].{name}[{counts[index_of_owner]}]"
            counts[index_of_owner] += 1
            entry = self.entry(sheet, row, path, key)
            report[above][index_of_owner][name].append(entry)

    def note(self, path: str, row: TableRow, prefix: str, *names: str, ending: str = "") -> None:
        """Where an object and its values stand."""
        self.positions.by_path[path] = row.at
        for name in names:
            self.positions.by_path[f"{path}.{name}"] = row.cell_at(f"{prefix}{name}{ending}")


def _is_said(column: str, cell: str) -> bool:
    return bool(cell) or column not in DROPPED_IF_EMPTY


def _value(column: str, cell: str) -> Any:
    """A cell as JSON has it; what cannot be turned stays text, for the reader to refuse."""
    if not cell and column in NULLABLE:
        return None
    if column in LISTS:
        return [key for key in re.split(r"[\s,;|]+", cell) if key]
    if column in NUMBERS and re.fullmatch(r"[0-9]{1,6}", cell):
        return int(cell)
    if column in FLAGS and cell.casefold() in YES | NO:
        return cell.casefold() in YES
    return cell


def cells_of(report: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The inverse: every row of every table of a report, in the order of the bundle."""
    publisher = {f"publisher_{name}": value for name, value in report["publisher"].items()}
    edition = {name: value for name, value in report["edition"].items() if name != "texts"}
    head = {"original_lang": "en", **{name: report[name] for name in HEAD_COLUMNS if name in report}}
    head |= {**publisher, **edition}
    yield "edition", _cells(head, report["edition"]["texts"])
    for place in report["places"]:
        plain = {name: place[name] for name in ("code", "kind", "parent", "status")}
        notes = {
            lang: {"note": note["text"], "note_policy_url": note.get("policy_url", "")}
            for lang, note in place.get("notes", {}).items()
        }
        names, kept = place.get("names", {}), place.get("edition_names", {})
        words = {
            lang: {"name": names.get(lang, ""), "edition_name": kept.get(lang, ""), **notes.get(lang, {})}
            for lang in {*names, *kept, *notes}
        }
        yield "places", _cells(plain, words)
    for name in ("sources", "themes", "people", "voices"):
        for entry in report[name]:
            yield name, _cells(entry, entry.get("texts", {}))
    for finding in report["findings"]:
        yield "findings", _cells(finding, finding["texts"])
        for place in finding["places"]:
            given = place.get("locality") or {}
            names = given if isinstance(given, dict) else {head["original_lang"]: given}
            words = {lang: {"locality": name} for lang, name in names.items()}
            place = {name: value for name, value in place.items() if name != "locality"}
            yield "finding_places", _cells({**place, "finding": finding["key"]}, words)
        for evidence in finding["evidence"]:
            yield "evidence", _cells({**evidence, "finding": finding["key"]}, {})
    for instrument in report["instruments"]:
        yield "instruments", _cells(instrument, instrument["texts"])
        for link in instrument["links"]:
            yield "instrument_links", _cells({**link, "instrument": instrument["key"]}, link["texts"])
    for name in SINCE_EARLIER_EDITIONS:
        for entry in report.get(name, []):
            yield name, _cells(entry, entry["texts"])


def _cells(plain: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    cells = {name: _cell(value) for name, value in plain.items() if not isinstance(value, dict)}
    return cells | {f"{name}_{lang}": text for lang, texts in words.items() for name, text in texts.items()}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(str(one) for one in value if isinstance(one, str))
    return "" if value is None else str(value)
