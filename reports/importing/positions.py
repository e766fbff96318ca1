"""Where in the handed-in file a problem stands: table, line and column, found from its JSON path."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from reports.content_file import Problem

MOST_PROBLEMS: Final = 500
"""So many are listed; the rest is counted."""
TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@dataclass(frozen=True)
class At:
    """A cell of a table, a line of a table or of an outline, or a line of a JSON bundle."""

    file: str = ""
    line: int = 0
    column: str = ""
    words: str = ""
    """What to look for there, in a document whose lines nobody sees numbered."""
    unit: str = "line"
    """`paragraph` where a document has no lines."""


@dataclass(frozen=True)
class LineProblem:
    """A problem as an editor finds it in the file."""

    at: At
    path: str
    value: str
    advice: str

    def __str__(self) -> str:
        where = [self.at.file, f"{self.at.unit} {self.at.line}" if self.at.line else "", self.at.column or self.path]
        parts = [", ".join(part for part in where if part), self.value, self.advice]
        return ": ".join(part for part in parts if part)


@dataclass
class Positions:
    """The place of each JSON path that has one of its own."""

    by_path: dict[str, At] = field(default_factory=dict)

    def locate(self, problem: Problem) -> LineProblem:
        """The problem where it stands: at its own path, else at the nearest path above it."""
        path = problem.path
        while path not in self.by_path and path:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        at = self.by_path.get(path, At())
        return LineProblem(at, problem.path, problem.value or at.words, problem.advice)


def json_positions(name: str, text: str) -> Positions:
    """The line of every value of a JSON text that can be parsed."""
    scan = _Scan(text)
    try:
        scan.value("")
    except RecursionError:  # nested deeper than any report: the paths have to do
        return Positions()
    return Positions({path: At(name, line) for path, line in scan.lines.items()})


class _Scan:
    """Walks the tokens of valid JSON and notes the line on which the value of each path begins."""

    def __init__(self, text: str) -> None:
        self.lines: dict[str, int] = {}
        self.marks = TOKEN.finditer(text)
        self.text, self.seen, self.line = text, 0, 1

    def next(self) -> str:
        found = next(self.marks)
        self.line += self.text.count("\n", self.seen, found.start())
        self.seen = found.start()
        return found.group()

    def value(self, path: str, mark: str | None = None) -> None:
        mark = mark or self.next()
        self.lines[path] = self.line
        if mark == "{":
            self.members(path)
        elif mark == "[":
            self.items(path)

    def members(self, path: str) -> None:
        mark = self.next()
        while mark != "}":
            if mark == ",":
                mark = self.next()
            name: Any = json.loads(mark)
            self.next()  # the colon
            self.value(f"{path}.{name}" if path else str(name))
            mark = self.next()

    def items(self, path: str) -> None:
        index, mark = 0, self.next()
        while mark != "]":
            if mark == ",":
                mark = self.next()
            self.value(f"{path}[{index}]", mark)
            index, mark = index + 1, self.next()
