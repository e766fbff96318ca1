"""One table of a CSV set: bytes to rows, whatever a spreadsheet has made of them (RFC 4180).

Comma, semicolon and tab are told apart by the first line; a byte order mark is taken off. A cell is text: what looks
like a formula stays the text it is, and the apostrophe that a safe export puts before one is taken off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from reports.content_file import Problem
from reports.importing.encoding import NotUtf8, utf8_text
from reports.importing.positions import At
from reports.importing.sheets import FORMULA, Sheet
from reports.importing.table_rows import TableRow

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
LONGEST_CELL: Final = 20_000


def read_table(name: str, sheet: Sheet, content: bytes, problems: list[Problem]) -> list[TableRow]:
    """The rows of a table; what is wrong with it is added to the problems, the rest is still read."""
    text = _text(name, content, problems)
    if text is None:
        return []
    delimiter = _delimiter(text)
    lines = _lines(name, text, delimiter, problems)
    header = [cell.strip() for cell in next(lines, (1, []))[1]]
    if not _fits(name, sheet, header, delimiter, problems):
        return []
    rows = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            advice = f"has more cells than the {len(header)} columns of the first line: put quotes round commas"
            problems.append(Problem(f"{name}.csv, line {line}", "", advice))
        row = dict.fromkeys(header, "") | dict(zip(header, map(_plain, cells), strict=False))
        at = At(f"{name}.csv", line)
        rows.append(TableRow(at, {column: cell for column, cell in row.items() if column in sheet.header}))
    return rows


def _text(name: str, content: bytes, problems: list[Problem]) -> str | None:
    try:
        return utf8_text(content)
    except NotUtf8 as error:
        problems.append(Problem(f"{name}.csv", "", f"{error}: save it as “CSV UTF-8”"))
        return None


def _delimiter(text: str) -> str:
    """The mark that splits the first line into the most columns."""
    first = text.split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


def _lines(name: str, text: str, delimiter: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        advice = f"cannot be read from here on ({error}): look for a quotation mark that is not closed"
        problems.append(Problem(f"{name}.csv, line {begins}", "", advice))


def _fits(name: str, sheet: Sheet, header: list[str], delimiter: str, problems: list[Problem]) -> bool:
    """Whether the first line holds the columns, each once. Unknown ones are told; empty ones are passed over."""
    before = len(problems)
    for column in dict.fromkeys(header):
        if column and column not in sheet.header:
            close = get_close_matches(column, sheet.header, 1)
            meant = f"did you mean “{close[0]}”?" if close else f"known are {', '.join(sheet.header[:12])} …"
            problems.append(Problem(f"{name}.csv, line 1", column, f"is no column of this table: {meant}"))
        elif column and header.count(column) > 1:
            problems.append(Problem(f"{name}.csv, line 1", column, "stands there twice: leave one out"))
    if sheet.plain[0] not in header:
        advice = f"has no column “{sheet.plain[0]}” (cells are separated by a {DELIMITERS[delimiter]}): add it"
        problems.append(Problem(f"{name}.csv, line 1", "", advice))
    return len(problems) == before


def _plain(cell: str) -> str:
    """The text of a cell, without the mark of a neutralised formula."""
    text = cell.strip(" \r\n")
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA and text[1:2] else text
