"""A set of CSV tables as the object that a JSON bundle holds, with the cell that each of its values came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.content_file import Problem
from reports.importing.csv_tables import read_table
from reports.importing.positions import Positions
from reports.importing.sheets import SHEETS
from reports.importing.table_rows import TableReader


def read_csv_set(files: Mapping[str, bytes]) -> tuple[dict[str, Any], Positions, list[Problem]]:
    """The report of the tables (name without ending to content), where its values stand, and what is wrong so far."""
    problems = [
        Problem(f"{name}.csv", "", "is missing: add the table, with at least its first line")
        for name, sheet in SHEETS.items()
        if sheet.required and name not in files
    ]
    tables = {
        name: read_table(name, sheet, files[name], problems) if name in files else [] for name, sheet in SHEETS.items()
    }
    reader = TableReader(tables, problems)
    return reader.report(), reader.positions, problems
