"""Opening what was handed in: a JSON bundle, CSV tables in a zip or a directory, or an outline. Nothing is unpacked."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from reports.content_file import ContentFileError, Entry, Problem, checked_format, read_bytes
from reports.importing.archives import opened_zip, read_entry, refuse_excess
from reports.importing.csv_set import read_csv_set
from reports.importing.forms import Form, form_of
from reports.importing.limits import ImportRefused, refuse_large, refuse_many, refused
from reports.importing.outline_files import read_outline_file
from reports.importing.positions import LineProblem, Positions, json_positions
from reports.importing.sheets import SHEETS
from reports.report_file.parts import ReportFile
from reports.report_file.reading import FORMAT, resolved

ARCHIVES: Final = (".zip", ".gz", ".7z", ".rar", ".tar", ".xlsx", ".ods", ".bz2", ".xz")
LISTS: Final = ("places", "sources", "themes", "findings", "people", "voices", "instruments")


@dataclass
class Handed:
    """A file that was handed in: its name, and its content or, for a directory, its tables."""

    name: str
    content: bytes = b""
    tables: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of the content; of a directory, of its tables in the order of their names."""
        digest = hashlib.sha256(self.content)
        for name in sorted(self.tables):
            digest.update(name.encode() + b"\0" + self.tables[name])
        return digest.hexdigest()


@dataclass(frozen=True)
class Opened:
    """A report that was read without a problem, and where its values stand."""

    report: ReportFile
    find_positions: Callable[[], Positions]

    @cached_property
    def positions(self) -> Positions:
        """Found only when a problem asks for them: a bundle has to be walked for it."""
        return self.find_positions()


def from_path(path: Path) -> Handed:
    """A file or a directory of tables, read from disk. Raises ImportRefused."""
    try:
        if path.is_dir():
            files = sorted(path.glob("*.csv"))
            if not files:
                raise refused(path.name, "holds no CSV table: name the directory of the tables, or a file")
            refuse_large(path.name, sum(file.stat().st_size for file in files))
            return Handed(path.name, tables={file.stem: file.read_bytes() for file in files})
        refuse_large(path.name, path.stat().st_size)
        return Handed(path.name, path.read_bytes())
    except OSError as error:
        raise refused(str(path), f"cannot be read: {error.strerror}") from None


def open_handed(handed: Handed) -> Opened:
    """The report in it, checked whole. Raises ImportRefused with every problem; writes nothing."""
    refuse_large(handed.name, len(handed.content))
    if handed.tables:
        return _open_tables(handed.tables)
    form = form_of(handed.name, handed.content)
    if form is Form.BUNDLE:
        return _open_bundle(handed)
    if form is Form.TABLES:
        return _open_tables(_unpacked(handed))
    return _open_outline(handed, form)


def _open_outline(handed: Handed, form: Form) -> Opened:
    """Its problems are told in the order of its lines."""
    try:
        return _checked(*read_outline_file(handed.name, handed.content, form))
    except ImportRefused as refusal:
        raise ImportRefused(sorted(refusal.problems, key=lambda problem: problem.at.line)) from None


def _open_bundle(handed: Handed) -> Opened:
    try:
        top = read_bytes(handed.name, handed.content, FORMAT)
    except ContentFileError as error:
        raise ImportRefused([Positions().locate(problem) for problem in error.problems]) from None
    refuse_many(handed.name, _rows_of(top))
    find_positions = partial(json_positions, handed.name, handed.content.decode("utf-8-sig"))
    try:
        return Opened(resolved(top), find_positions)
    except ContentFileError as error:
        positions = find_positions()
        raise ImportRefused([positions.locate(problem) for problem in error.problems]) from None


def _rows_of(top: Entry) -> int:
    """Objects, with those below findings and instruments: what would be a row of a table."""
    count = 0
    for name in LISTS:
        for entry in top.data[name] if isinstance(top.data.get(name), list) else []:
            below = [entry.get(part) for part in ("places", "evidence", "links")] if isinstance(entry, dict) else []
            count += 1 + sum(len(part) for part in below if isinstance(part, list))
    return count


def _open_tables(tables: Mapping[str, bytes]) -> Opened:
    unknown = [
        Problem(f"{name}.csv", "", f"is no table of a report: known are {', '.join(f'{one}.csv' for one in SHEETS)}")
        for name in tables
        if name not in SHEETS
    ]
    refuse_many("the set", sum(content.count(b"\n") for content in tables.values()), "lines")
    data, positions, problems = read_csv_set(tables)
    return _checked(data, positions, [positions.locate(problem) for problem in [*unknown, *problems]])


def _checked(data: dict[str, Any], positions: Positions, found: list[LineProblem]) -> Opened:
    """The report, unless it or what was found on the way is wrong."""
    try:
        report = resolved(checked_format(data, FORMAT))
    except ContentFileError as error:
        raise ImportRefused([*found, *(positions.locate(problem) for problem in error.problems)]) from None
    if found:
        raise ImportRefused(found)
    return Opened(report, lambda: positions)


def _unpacked(handed: Handed) -> dict[str, bytes]:
    """The tables of a zip, by name without ending."""
    with opened_zip(handed.name, handed.content, "pack the tables anew") as packed:
        entries = [entry for entry in packed.infolist() if not entry.is_dir() and not _is_litter(entry.filename)]
        refuse_excess(handed.name, entries)
        return _tables(packed, [entry for entry in entries if _is_table(entry)])


def _is_litter(name: str) -> bool:
    """What systems and our own exports put beside the tables."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1:] in ((".DS_Store",), ("datapackage.json",), ("README.txt",))


def _is_table(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a table. Raises ImportRefused for what must not be in a set."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or len(path.parts) > 2:
        raise refused(entry.filename, "leads out of the archive: pack the tables alone, or in one folder")
    if entry.filename.casefold().endswith(ARCHIVES):
        raise refused(entry.filename, "is an archive in the archive: pack the CSV tables themselves")
    if path.suffix.casefold() != ".csv":
        raise refused(entry.filename, "is no CSV table: save each sheet as “CSV UTF-8”")
    return True


def _tables(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Each table by its name. Raises ImportRefused where two have the same."""
    tables: dict[str, bytes] = {}
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/")).stem.casefold()
        if name in tables:
            raise refused(entry.filename, "is the second table of this name: pack each table once")
        tables[name] = read_entry(packed, entry)
    return tables
