"""What each notation of an outline is reduced to: headings, paragraphs and items of lists, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from reports.importing.limits import MOST_ROWS, refused

LONGEST: Final = 20_000
"""Characters of one paragraph: as many as a cell of a table may have."""
SPACES: Final = re.compile(r"[ \t\n\r\f\v]+")
SHOWN: Final = 60


class Kind(Enum):
    """What a block is."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item of a list"


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere."""

    words: str
    address: str


@dataclass(frozen=True)
class Line:
    """One line of a block: its number in the file (in a DOCX, that of its paragraph), and what it says."""

    number: int
    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Block:
    """A heading of a level, a paragraph, or an item at a depth of a list; it has at least one line."""

    kind: Kind
    level: int
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Stray:
    """What cannot be taken from the document: on which line, what stands there, what to do, below which label."""

    number: int
    value: str
    advice: str
    label: str = ""


@dataclass
class Blocks:
    """The blocks of a document in their order, and what stands between them that is none."""

    name: str
    unit: str = "line"
    found: list[Block] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    lines: int = 0

    def add(self, kind: Kind, level: int, lines: Sequence[Line]) -> None:
        """Add one, unless it is empty. Raises ImportRefused above the limit."""
        lines = [line for line in lines if line.text]
        if not lines:
            return
        self.count(len(lines))
        if sum(len(line.text) for line in lines) > LONGEST:
            self.stray(lines[0].number, f"is longer than {LONGEST} characters: split it", lines[0].text)
        else:
            self.found.append(Block(kind, level, tuple(lines)))

    def stray(self, number: int, advice: str, value: str = "") -> None:
        """Note what cannot be taken. Raises ImportRefused above the limit."""
        self.count(1)
        self.strays.append(Stray(number, shown(value), advice))

    def count(self, lines: int) -> None:
        """Raises ImportRefused above the limit."""
        self.lines += lines
        if self.lines > MOST_ROWS:
            raise refused(self.name, f"holds more than {MOST_ROWS} {self.unit}s: at most so many are read at once")


class Writing:
    """The lines of one block, as its text comes in."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.number = 0
        self.address = ""
        self.linked_from = 0

    def write(self, text: str, number: int) -> None:
        """Go on with text that stands on a line of the file."""
        if not self.number and text.strip():
            self.number = number
        self.parts.append(text)

    def start_link(self, address: str) -> None:
        """What follows leads there."""
        self.end_link()
        self.address, self.linked_from = address.strip(), len(self.parts)

    def end_link(self) -> None:
        """What follows leads nowhere."""
        words = tidy("".join(self.parts[self.linked_from :]))
        if self.address and words:
            self.links.append(Link(words, self.address))
        self.address = ""

    def end_line(self) -> None:
        """Begin a new line; a link goes on there."""
        address = self.address
        self.end_link()
        self.lines.append(Line(self.number, tidy("".join(self.parts)), tuple(self.links)))
        self.parts, self.links, self.number = [], [], 0
        if address:
            self.start_link(address)

    def finish(self) -> list[Line]:
        """The lines so far, and an end of them."""
        if not self.parts and not self.lines and not self.address:
            return []
        self.end_link()
        self.end_line()
        lines, self.lines = self.lines, []
        return lines


def tidy(text: str) -> str:
    """Each run of white space as one space; none at the ends. Spaces that hold words together stay between them."""
    return SPACES.sub(" ", text).strip()


def shown(text: str) -> str:
    """A value in quotes, shortened."""
    short = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f'"{short}"' if short else ""
