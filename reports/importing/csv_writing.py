"""Writing a report as a CSV set: a zip whose bytes depend on nothing but the report."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, Final

from reports.importing.sheets import FORMULA, SHEETS
from reports.importing.table_rows import cells_of

MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the first that a zip can hold."""


def csv_set(report: Mapping[str, Any]) -> bytes:
    """A zip with every table, those without rows as well, so that each can be filled in."""
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in SHEETS}
    for name, cells in cells_of(report):
        rows[name].append(cells)
    return packed({f"{name}.csv": table(SHEETS[name].header, found) for name, found in rows.items()})


def template() -> bytes:
    """The same without any row."""
    return packed({f"{name}.csv": table(sheet.header, []) for name, sheet in SHEETS.items()})


def table(header: list[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A table in UTF-8 with a byte order mark, by which spreadsheets know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([neutral(row.get(column, "")) for column in header] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before what would be one."""
    return f"'{cell}" if cell[:1] in FORMULA and cell else cell


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files, in this order, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            pack(archive, name, content)
    return out.getvalue()


def pack(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file, the same bytes each time."""
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(entry, content)
