"""Opening what was handed in: a JSON bundle, a zip of CSV tables, or a directory of them. Nothing is unpacked to disk.

A zip is read within limits that do not trust its own headers: so many entries, so many bytes, no ratio above
`HIGHEST_RATIO`, no paths that lead elsewhere, no archive in the archive.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Final

from reports.content_file import LARGEST, ContentFileError, Entry, Problem, checked_format, read_bytes
from reports.importing.csv_set import read_csv_set
from reports.importing.positions import LineProblem, Positions, json_positions
from reports.importing.sheets import SHEETS
from reports.report_file.parts import ReportFile
from reports.report_file.reading import FORMAT, resolved

MOST_ROWS: Final = 20_000
MOST_ENTRIES: Final = 100
LARGEST_UNPACKED: Final = 40 * 1024 * 1024
HIGHEST_RATIO: Final = 100
ARCHIVES: Final = (".zip", ".gz", ".7z", ".rar", ".tar", ".xlsx", ".ods", ".bz2", ".xz")
LISTS: Final = ("places", "sources", "themes", "findings", "people", "voices", "instruments")


class ImportRefused(Exception):
    """The file cannot be imported; `problems` holds every reason, each where it stands."""

    def __init__(self, problems: list[LineProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


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
            _refuse_large(path.name, sum(file.stat().st_size for file in files))
            return Handed(path.name, tables={file.stem: file.read_bytes() for file in files})
        _refuse_large(path.name, path.stat().st_size)
        return Handed(path.name, path.read_bytes())
    except OSError as error:
        raise _refused(str(path), f"cannot be read: {error.strerror}") from None


def open_handed(handed: Handed) -> Opened:
    """The report in it, checked whole. Raises ImportRefused with every problem; writes nothing."""
    _refuse_large(handed.name, len(handed.content))
    if handed.tables or handed.content.startswith(b"PK"):
        return _open_tables(handed.tables or _unpacked(handed))
    return _open_bundle(handed)


def _open_bundle(handed: Handed) -> Opened:
    try:
        top = read_bytes(handed.name, handed.content, FORMAT)
    except ContentFileError as error:
        raise ImportRefused([Positions().locate(problem) for problem in error.problems]) from None
    _refuse_many(handed.name, _rows_of(top))
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
    _refuse_many("the set", sum(content.count(b"\n") for content in tables.values()), "lines")
    data, positions, problems = read_csv_set(tables)
    try:
        report = resolved(checked_format(data, FORMAT))
    except ContentFileError as error:
        found = [*unknown, *problems, *error.problems]
        raise ImportRefused([positions.locate(problem) for problem in found]) from None
    if unknown or problems:
        raise ImportRefused([positions.locate(problem) for problem in [*unknown, *problems]])
    return Opened(report, lambda: positions)


def _unpacked(handed: Handed) -> dict[str, bytes]:
    """The tables of a zip, by name without ending."""
    try:
        with zipfile.ZipFile(io.BytesIO(handed.content)) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir() and not _is_litter(entry.filename)]
            if len(entries) > MOST_ENTRIES:
                raise _refused(handed.name, f"holds {len(entries)} files: at most {MOST_ENTRIES} are read")
            if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
                raise _refused(handed.name, f"unpacks to more than {LARGEST_UNPACKED >> 20} MB: split it")
            return _tables(packed, [entry for entry in entries if _is_table(entry)])
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise _refused(handed.name, f"cannot be read as a zip ({error}): pack the tables anew") from None


def _is_litter(name: str) -> bool:
    """What systems and our own exports put beside the tables."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1:] in ((".DS_Store",), ("datapackage.json",), ("README.txt",))


def _is_table(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a table. Raises ImportRefused for what must not be in a set."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or len(path.parts) > 2:
        raise _refused(entry.filename, "leads out of the archive: pack the tables alone, or in one folder")
    if entry.filename.casefold().endswith(ARCHIVES):
        raise _refused(entry.filename, "is an archive in the archive: pack the CSV tables themselves")
    if entry.flag_bits & 0x1:
        raise _refused(entry.filename, "is encrypted: pack it without a password")
    if entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1):
        raise _refused(entry.filename, f"is packed more than {HIGHEST_RATIO} times smaller: pack it anew")
    if path.suffix.casefold() != ".csv":
        raise _refused(entry.filename, "is no CSV table: save each sheet as “CSV UTF-8”")
    return True


def _tables(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Each table by its name. Raises ImportRefused where two have the same."""
    tables: dict[str, bytes] = {}
    for entry in entries:
        name, content = _table(packed, entry)
        if name in tables:
            raise _refused(entry.filename, "is the second table of this name: pack each table once")
        tables[name] = content
    return tables


def _table(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[str, bytes]:
    """Read no further than the size that the directory admits, whatever the stream would give."""
    with packed.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) > entry.file_size:
        raise _refused(entry.filename, "unpacks to more than it says: pack it anew")
    return PurePosixPath(entry.filename.replace("\\", "/")).stem.casefold(), content


def _refuse_large(name: str, size: int) -> None:
    if size > LARGEST:
        raise _refused(name, f"is larger than {LARGEST >> 20} MB: split it")


def _refuse_many(name: str, rows: int, what: str = "rows") -> None:
    if rows > MOST_ROWS:
        raise _refused(name, f"holds {rows} {what}: at most {MOST_ROWS} are read at once")


def _refused(name: str, advice: str) -> ImportRefused:
    return ImportRefused([Positions().locate(Problem(name, "", advice))])
