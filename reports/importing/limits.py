"""What is refused whole: too large, too many rows, not to be read at all."""

from __future__ import annotations

from typing import Final

from reports.content_file import LARGEST
from reports.importing.positions import At, LineProblem

MOST_ROWS: Final = 20_000
MOST_MARKS: Final = 50 * MOST_ROWS
"""Tags of HTML or elements of a DOCX: what a word processor writes for so many lines, and what is read in seconds."""


class ImportRefused(Exception):
    """The file cannot be imported; `problems` holds every reason, each where it stands."""

    def __init__(self, problems: list[LineProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def refused(name: str, advice: str) -> ImportRefused:
    """The one reason, for a file as a whole."""
    return ImportRefused([LineProblem(At(), name, "", advice)])


def refuse_large(name: str, size: int) -> None:
    """Raises ImportRefused above 10 MB."""
    if size > LARGEST:
        raise refused(name, f"is larger than {LARGEST >> 20} MB: split it")


def refuse_many(name: str, rows: int, what: str = "rows", most: int = MOST_ROWS) -> None:
    """Raises ImportRefused above 20,000, or another number."""
    if rows > most:
        raise refused(name, f"holds {rows} {what}: at most {most} are read at once")
