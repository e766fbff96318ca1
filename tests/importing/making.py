"""Files to import: the river report under a key of its own, as a bundle and as tables."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import asdict
from typing import Any

import pytest

from reports.importing.csv_writing import csv_set
from reports.importing.files import Handed, open_handed
from reports.importing.limits import ImportRefused
from tests.reports.making import report_json


def bundle(data: dict[str, Any] | None = None) -> Handed:
    return Handed("report.json", json.dumps(data or report_json(), ensure_ascii=False).encode())


def tables(data: dict[str, Any] | None = None) -> dict[str, bytes]:
    """The tables of a report, by name without ending."""
    packed = zipfile.ZipFile(io.BytesIO(csv_set(data or report_json())))
    return {name.removesuffix(".csv"): packed.read(name) for name in packed.namelist()}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def with_rows(content: bytes, rows: list[dict[str, str]]) -> bytes:
    """The table with other rows."""
    out = io.StringIO(newline="")
    header = next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    writer = csv.DictWriter(out, header)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def changed(content: bytes, index: int, **cells: str) -> bytes:
    """The table with other cells in one row."""
    rows = rows_of(content)
    rows[index] |= cells
    return with_rows(content, rows)


def zipped(files: dict[str, bytes], ending: str = ".csv") -> Handed:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name + ending, content)
    return Handed("set.zip", out.getvalue())


def told(refusal: ImportRefused) -> list[str]:
    return [str(problem) for problem in refusal.problems]


def refusals(handed: Handed) -> list[str]:
    with pytest.raises(ImportRefused) as refusal:
        open_handed(handed)
    return told(refusal.value)


def said(handed: Handed) -> Any:
    """What a file says, without what it leaves empty."""
    return without_empty(asdict(open_handed(handed).report))


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: kept for name, part in value.items() if (kept := without_empty(part)) not in ("", None, {}, [])}
    return [without_empty(part) for part in value] if isinstance(value, list) else value
