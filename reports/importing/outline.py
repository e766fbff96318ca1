"""An outline as objects: the title is the edition, headings below it themes or lists, headings below those findings.

What an outline leaves out stays as it is stored; what is in it is taken, or named as something that cannot be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from reports.importing.outline_blocks import Block, Blocks, Kind, Line, Stray, shown
from reports.importing.outline_labels import (
    EDITION,
    FINDING,
    OFTEN_SEVERAL,
    PLACE,
    SOURCE,
    THEME,
    Said,
    Sort,
    said_in,
)

LISTS: Final = {"sources": SOURCE, "places": PLACE}
"""Headings of the second level that are no themes."""
ELSEWHERE: Final = frozenset({"people", "voices", "instruments"})
LOWEST: Final = 3
DEEPEST: Final = 3


@dataclass
class Outlined:
    """One object: where it begins, what its heading says, and what is said of it."""

    sort: Sort
    number: int
    heading: str
    said: dict[tuple[str, str], Said] = field(default_factory=dict)
    """By what it fills and in which language."""
    several: list[Said] = field(default_factory=list)
    """Places and sources of a finding, in their order."""
    prose: list[Said] = field(default_factory=list)

    def value(self, column: str, lang: str = "") -> str:
        """What is said; empty if nothing is."""
        found = self.said.get((column, lang))
        return found.value if found else ""


@dataclass
class Outline:
    """All of it."""

    blocks: Blocks
    edition: Outlined | None = None
    themes: list[tuple[Outlined, list[Outlined]]] = field(default_factory=list)
    """Each with its findings."""
    sources: list[Outlined] = field(default_factory=list)
    places: list[Outlined] = field(default_factory=list)

    def stray(self, number: int, advice: str, value: str = "", label: str = "") -> None:
        """Note what cannot be taken."""
        self.blocks.strays.append(Stray(number, shown(value), advice, label))

    def stray_line(self, said: Said, advice: str) -> None:
        """The same of a line with a label."""
        self.stray(said.number, advice, said.value, said.label)

    def objects(self) -> Iterator[Outlined]:
        """Each of them."""
        if self.edition:
            yield self.edition
        for theme, findings in self.themes:
            yield theme
            yield from findings
        yield from self.sources
        yield from self.places


def read_outline(blocks: Blocks) -> Outline:
    """The objects; what cannot be taken is added to the strays."""
    reading = _Reading(Outline(blocks))
    for block in blocks.found:
        reading.read(block)
    for one in reading.outline.objects():
        reading.fill_prose(one)
    if not reading.outline.edition:
        reading.outline.stray(1, "holds no title: begin with a heading of level 1, the title of the edition")
    return reading.outline


class _Reading:
    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.level = 0
        self.list: Sort | None = None
        self.at: Outlined | None = None
        """What the next lines are said of; None where they have been refused already."""

    def read(self, block: Block) -> None:
        if block.kind is Kind.HEADING:
            self.head(block)
        elif block.kind is Kind.ITEM and block.level > DEEPEST:
            self.outline.stray(block.lines[0].number, f"stands deeper than {DEEPEST} lists: take it out", block.text)
        elif self.list and block.kind is Kind.ITEM and block.level == 1:
            self.item(self.list, block)
        elif self.at:
            self.take(self.at, block)
        elif self.list:
            advice = f"belongs to nothing: begin {self.list.what} by an item of a list or a heading of level 3"
            self.outline.stray(block.lines[0].number, advice, block.text)
        elif not self.outline.edition:
            advice = "stands before the title: begin with a heading of level 1, the title of the edition"
            self.outline.stray(block.lines[0].number, advice, block.text)

    # --- Headings ---------------------------------------------------------------------------------------------------

    def head(self, block: Block) -> None:
        self.at, fault = None, self.fault(block)
        if fault:
            self.outline.stray(block.lines[0].number, fault, block.text)
            return
        self.level = block.level
        if block.level == 1:
            self.at = self.outline.edition = self.new(EDITION, block)
        elif block.level == LOWEST:
            self.head_lowest(block)
        else:
            self.head_second(block)

    def fault(self, block: Block) -> str:
        if block.level > LOWEST:
            return (
                f"is a heading of level {block.level}: headings go to level {LOWEST}, the findings; make it a paragraph"
            )
        if block.level > self.level + 1:
            here = f"below one of level {self.level}" if self.level else "before any other"
            return f"is a heading of level {block.level} {here}: make it level {self.level + 1}"
        if block.level == 1 and self.outline.edition:
            return "is a second title: an outline holds one edition; make it a heading of level 2"
        if block.level == 2 and block.text.casefold() in ELSEWHERE:
            self.level, self.list = 2, None
            return "come as CSV or JSON, or are added at the desk: take this part out"
        return ""

    def head_second(self, block: Block) -> None:
        self.list = LISTS.get(block.text.casefold().rstrip(" :"))
        if self.list is None:
            self.at = self.new(THEME, block)
            self.outline.themes.append((self.at, []))

    def head_lowest(self, block: Block) -> None:
        if self.list:
            self.at = self.new(self.list, block)
            self.listed(self.list).append(self.at)
        elif self.outline.themes:
            self.at = self.new(FINDING, block)
            self.outline.themes[-1][1].append(self.at)

    def listed(self, sort: Sort) -> list[Outlined]:
        return self.outline.sources if sort is SOURCE else self.outline.places

    def new(self, sort: Sort, block: Block) -> Outlined:
        """An object whose heading fills a column, where its sort has one for it."""
        number = block.lines[0].number
        made = Outlined(sort, number, block.text)
        if sort.named_by:
            label = sort.named_by.capitalize()
            made.said[sort.named_by, ""] = Said(number, label, sort.named_by, "", block.text)
        return made

    # --- Lines ------------------------------------------------------------------------------------------------------

    def item(self, sort: Sort, block: Block) -> None:
        """An item of a list of sources or places; a first line without a label names it."""
        first = block.lines[0]
        if said_in(first, sort, strictly=True):
            self.at = Outlined(sort, first.number, first.text)
            self.take(self.at, block)
        else:
            self.at = self.new(sort, replace(block, lines=(first,)))
            self.take(self.at, replace(block, lines=block.lines[1:]))
        self.listed(sort).append(self.at)

    def take(self, one: Outlined, block: Block) -> None:
        """The lines of a block: those with a label, each with what goes on after it, and prose."""
        said: Said | None = None
        prose: list[Line] = []
        for index, line in enumerate(block.lines):
            strictly = not index or (said is not None and not line.text[0].islower())
            found = said_in(line, one.sort, strictly=strictly)
            if isinstance(found, Stray):
                self.outline.blocks.strays.append(found)
            elif found:
                self.put(one, said)
                said = found
            elif said:
                said = replace(said, value=f"{said.value} {line.text}".strip(), links=said.links + line.links)
            else:
                prose.append(line)
        self.put(one, said)
        if prose:
            self.take_prose(one, block, prose)

    def take_prose(self, one: Outlined, block: Block, lines: list[Line]) -> None:
        text = " ".join(line.text for line in lines)
        number = lines[0].number
        if not one.sort.prose:
            self.outline.stray(number, f"says nothing of {one.sort.what}: write “Key: value” lines", text)
        elif block.kind is Kind.ITEM:
            self.outline.stray(number, "is an item of a list: write a paragraph, or “Key: value”", text)
        else:
            links = tuple(link for line in lines for link in line.links)
            one.prose.append(Said(number, "", "", "", text, links))

    def put(self, one: Outlined, said: Said | None) -> None:
        if said is None:
            return
        known = one.said.get((said.column, said.lang))
        if not said.value:
            self.outline.stray_line(said, "says nothing: write on the same line, or take it out")
        elif said.column in OFTEN_SEVERAL and one.sort is FINDING:
            one.several.append(said)
        elif known:
            advice = f"is said twice, on {self.outline.blocks.unit} {known.number} too: leave one out"
            self.outline.stray_line(said, advice)
        else:
            one.said[said.column, said.lang] = said
        if one.sort.is_worded(said.column):
            self.check_links(said)

    def check_links(self, said: Said) -> None:
        """Words of the site lead nowhere: what a link adds to them would be lost."""
        for link in said.links:
            if link.words not in (link.address, link.address.removeprefix("mailto:")):
                advice = (
                    f"leads to {link.address}, and a text holds no links: name it in a line “Source:”, or take it out"
                )
                self.outline.stray(said.number, advice, link.words, said.label)

    def fill_prose(self, one: Outlined) -> None:
        """Give the paragraphs to the columns of prose that no label has filled; what is left over goes to the last."""
        free = [name for name in one.sort.prose if (name, "") not in one.said]
        for said in one.prose:
            self.check_links(said)
            if not free:
                advice = "is one paragraph too many: its place is filled by a line with a label already"
                self.outline.stray(said.number, advice, said.value)
        for index, name in enumerate(free[: len(one.prose)]):
            taken = one.prose[index:] if name == free[-1] else one.prose[index : index + 1]
            value = "\n\n".join(said.value for said in taken)
            one.said[name, ""] = replace(taken[0], label=name.capitalize(), column=name, value=value)
        if one.sort is FINDING and not one.value("statement"):
            one.said["statement", ""] = Said(one.number, "Statement", "statement", "", one.heading, (), True)
