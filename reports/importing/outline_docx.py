"""An outline in a DOCX, as blocks (WordprocessingML, ECMA-376, part 1, 17).

Tracked changes are taken as accepted. A line of it is a paragraph; they are counted from the beginning of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from reports.importing.docx_parts import Attributes, Elements, read_parts, walk
from reports.importing.docx_styles import Style, outline_level, read_styles, style_by_name
from reports.importing.outline_blocks import Block, Blocks, Kind, Writing

UNSAID: Final = frozenset(
    {
        *("del", "moveFrom", "Fallback", "sectPr", "tblPr", "sdtPr", "rt"),
        *("pPrChange", "rPrChange", "sectPrChange", "numberingChange"),
    }
)
"""Elements that hold what was deleted, moved away, is said twice or concerns the look."""
REFUSED: Final = {
    "tbl": "is a table: hand tables in as CSV, or write “Key: value” lines",
    "drawing": "is a picture or a text box, which has no place in an outline: take it out",
    "pict": "is a picture or a text box, which has no place in an outline: take it out",
    "object": "is an embedded object, which has no place in an outline: take it out",
    "oMath": "is a formula, which has no place in an outline: write it in words",
    "footnoteReference": "is a footnote: write what it says in a line “Source: …”",
    "endnoteReference": "is an endnote: write what it says in a line “Source: …”",
    "altChunk": "is another document inside this one: copy its text here",
    "sym": "is a letter of a font of symbols: type it anew",
}
HIDDEN: Final = "is hidden text: show it or take it out"
HYPERLINK: Final = re.compile(r'HYPERLINK\s+"([^"]+)"')
BODY: Final = Style()
OFF: Final = ("0", "false", "off")


def docx_blocks(name: str, content: bytes) -> Blocks:
    """The blocks of the document. Raises ImportRefused, above the limits too."""
    parts = read_parts(name, content)
    reading = _Reading(Blocks(name, "paragraph"), read_styles(name, parts.styles), parts.addresses)
    walk(name, parts.document, reading)
    if reading.has_title:
        reading.move_down()
    return reading.blocks


@dataclass
class _Paragraph:
    """What is known of the paragraph at hand."""

    style: Style = BODY
    level: int | None = None
    depth: int = 0
    is_list: bool | None = None
    goes_on: bool = False
    """Its end was deleted: the next one continues it."""
    is_hidden: bool = False


class _Reading(Elements):
    def __init__(self, blocks: Blocks, styles: dict[str, Style], addresses: dict[str, str]) -> None:
        self.blocks, self.styles, self.addresses = blocks, styles, addresses
        self.number = 0
        self.paragraph = _Paragraph()
        self.writing = Writing()
        self.way: list[str] = []
        self.skipped_from = 0
        self.field, self.titles = "", set[int]()

    @property
    def has_title(self) -> bool:
        """Whether the document names itself by a style of its own; then its headings begin a level lower."""
        return bool(self.titles)

    def move_down(self) -> None:
        """Headings below the title."""
        self.blocks.found = [
            Block(block.kind, block.level + 1, block.lines)
            if block.kind is Kind.HEADING and block.lines[0].number not in self.titles
            else block
            for block in self.blocks.found
        ]

    def start(self, name: str, attributes: Attributes) -> None:
        above = self.way[-1] if self.way else ""
        self.way.append(name)
        self.number += name == "p"
        if self.skipped_from:
            return
        if above == "rPr" or above in ("pPr", "numPr"):
            self.format(name, attributes.get("val", ""))
        elif name in UNSAID:
            self.skipped_from = len(self.way)
        elif name in REFUSED:
            self.skipped_from = len(self.way)
            self.blocks.stray(self.number + ("p" not in self.way), REFUSED[name])
        else:
            self.content(name, attributes, above)

    def end(self, name: str) -> None:
        if self.skipped_from == len(self.way):
            self.skipped_from = 0
        elif not self.skipped_from:
            if name == "p":
                self.end_paragraph()
            elif name in ("hyperlink", "fldSimple"):
                self.writing.end_link()
        self.way.pop()

    def text(self, data: str) -> None:
        if self.skipped_from or not self.way:
            return
        if self.way[-1] == "t":
            self.writing.write(data, self.number)
        elif self.way[-1] == "instrText":
            self.field += data

    def format(self, name: str, value: str) -> None:
        """A property of the paragraph or, below `w:rPr`, of words or of the paragraph's end."""
        of_paragraph, paragraph = "pPr" in self.way[-4:], self.paragraph
        if name == "pStyle":
            paragraph.style = self.styles.get(value) or style_by_name(value)
        elif name == "outlineLvl":
            paragraph.level = outline_level(value)
        elif name == "numId":
            paragraph.is_list = value != "0"
        elif name == "ilvl":
            paragraph.depth = int(value) if re.fullmatch("[0-8]", value) else 0
        elif name in ("del", "moveFrom") and of_paragraph:
            paragraph.goes_on = True
        elif name == "vanish" and not of_paragraph and value not in OFF and not paragraph.is_hidden:
            paragraph.is_hidden = True
            self.blocks.stray(self.number, HIDDEN)
        elif name in UNSAID:
            self.skipped_from = len(self.way)

    def content(self, name: str, attributes: Attributes, above: str) -> None:
        """Words, and what stands between them."""
        if name == "cr" or (name == "br" and attributes.get("type", "textWrapping") == "textWrapping"):
            self.writing.end_line()
        elif name in ("tab", "br", "ptab") and above == "r":
            self.writing.write(" ", self.number)
        elif name == "noBreakHyphen":
            self.writing.write("‑", self.number)
        elif name == "hyperlink" and attributes.get("id") in self.addresses:
            self.writing.start_link(self.addresses[attributes["id"]])
        elif name == "fldSimple":
            self.field = attributes.get("instr", "")
            self.mark_field("separate")
        elif name == "fldChar":
            self.mark_field(attributes.get("fldCharType", ""))

    def mark_field(self, kind: str) -> None:
        """A link can be written as a field: an instruction, then the words."""
        if kind == "begin":
            self.field = ""
        elif kind == "separate" and (found := HYPERLINK.search(self.field)):
            self.writing.start_link(found[1])
        elif kind == "end":
            self.writing.end_link()

    def end_paragraph(self) -> None:
        paragraph, self.paragraph = self.paragraph, _Paragraph()
        if paragraph.goes_on:
            self.paragraph.is_hidden = paragraph.is_hidden
            return
        lines = [line for line in self.writing.finish() if line.text]
        style = paragraph.style
        level = style.level if paragraph.level is None else paragraph.level
        is_item = style.is_item if paragraph.is_list is None else paragraph.is_list
        if style.is_contents:
            return
        if style.is_title:
            self.titles.update(line.number for line in lines)
        if level:
            self.blocks.add(Kind.HEADING, level, lines)
        elif is_item:
            self.blocks.add(Kind.ITEM, paragraph.depth + 1, lines)
        else:
            self.blocks.add(Kind.TEXT, 0, lines)
