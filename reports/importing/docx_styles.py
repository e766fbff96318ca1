"""What the paragraph styles of a DOCX make of a paragraph (ECMA-376, part 1, 17.7).

A word processor in another language has other ids for its styles, but keeps the English names of those built in; a
style of somebody's own says by its outline level that it is a heading, or leaves that to the style it is based on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from reports.importing.docx_parts import Attributes, Elements, walk

HEADING: Final = re.compile(r"heading ?([1-9])", re.IGNORECASE)
CONTENTS: Final = re.compile(r"toc( ?[1-9]|[ _]?heading)|table of (figures|authorities)", re.IGNORECASE)
NO_LEVEL: Final = 0


@dataclass(frozen=True)
class Style:
    """The level of a heading (0: none; the title of the document is 1 and moves the others down), or a list item."""

    level: int = NO_LEVEL
    is_title: bool = False
    is_item: bool = False
    is_contents: bool = False
    """A table of contents repeats the headings."""


@dataclass
class _Said:
    """What one style says of itself."""

    name: str = ""
    based_on: str = ""
    level: int | None = None
    is_item: bool = False


def read_styles(name: str, xml: bytes) -> dict[str, Style]:
    """The paragraph styles by id. Raises ImportRefused."""
    reading = _Reading()
    if xml:
        walk(name, xml, reading)
    return {key: _resolved(reading.said, key) for key in reading.said}


def style_by_name(name: str, level: int | None = None, *, is_item: bool = False) -> Style:
    """What a style is by its name alone, which for the built-in ones is also their id without the space."""
    heading = HEADING.fullmatch(name)
    if level is None and heading:
        level = int(heading[1])
    is_title = name.casefold() == "title"
    return Style(1 if is_title else level or NO_LEVEL, is_title, is_item, bool(CONTENTS.fullmatch(name)))


def outline_level(value: str) -> int | None:
    """The level of a heading from `w:outlineLvl`: 0 to 8 there, 9 for the body of the text."""
    return int(value) + 1 if re.fullmatch("[0-8]", value) else NO_LEVEL if value == "9" else None


def _resolved(said: dict[str, _Said], key: str) -> Style:
    """A style with what it leaves to those it is based on."""
    level, is_item, way = None, False, dict.fromkeys([key])
    while key in said:
        found = said[key]
        own = style_by_name(found.name, found.level)
        if own.is_title or own.is_contents:
            return own
        level = level if level is not None else found.level if found.level is not None else own.level or None
        is_item = is_item or found.is_item
        key = found.based_on
        if key in way:
            break
        way[key] = None
    return Style(level or NO_LEVEL, is_item=is_item and not level)


class _Reading(Elements):
    def __init__(self) -> None:
        self.said: dict[str, _Said] = {}
        self.at: _Said | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        value = attributes.get("val", "")
        if name == "style":
            self.at = _Said() if attributes.get("type", "paragraph") == "paragraph" else None
            if self.at:
                self.said[attributes.get("styleId", "")] = self.at
        elif self.at is None:
            return
        elif name == "name":
            self.at.name = value
        elif name == "basedOn":
            self.at.based_on = value
        elif name == "outlineLvl":
            self.at.level = outline_level(value)
        elif name == "numPr":
            self.at.is_item = True

    def end(self, name: str) -> None:
        if name == "style":
            self.at = None
