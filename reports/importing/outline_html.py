"""An outline in HTML, as blocks: from an editor, or as a word processor saves it or puts it on the clipboard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from reports.importing.html_scanning import Mark, marks
from reports.importing.limits import MOST_MARKS, refuse_many
from reports.importing.outline_blocks import Blocks, Kind, Writing

HEADING: Final = re.compile("h[1-6]")
LISTS: Final = frozenset({"ul", "ol", "menu"})
BLOCKS: Final = frozenset(
    {
        *("p", "div", "body", "html", "main", "section", "article", "header", "footer", "nav", "aside", "address"),
        *("hr", "pre", "dl", "dt", "dd", "li", "details", "summary", "form", "fieldset", "center", "figcaption"),
        *LISTS,
    }
)
"""Where a paragraph ends."""
UNSEEN: Final = frozenset({"template", "noscript", "xml", "del", "datalist"})
"""Elements that say nothing to a reader, or were deleted."""
REFUSED: Final = {
    "table": "is a table: hand tables in as CSV, or write “Key: value” lines",
    "blockquote": "is a quotation: what people said comes as a voice, as CSV or at the desk",
    "svg": "is a picture, which has no place in an outline: take it out",
    "math": "is a formula, which has no place in an outline: write it in words",
    "object": "is an embedded object, which has no place in an outline: take it out",
    "select": "is a form, which has no place in an outline: take it out",
}
EMBEDDED: Final = frozenset({"img", "iframe", "textarea", "video", "audio", "embed", "canvas"})
PICTURE: Final = "is a picture or embedded, which has no place in an outline: take it out"
HIDDEN: Final = "is hidden: show it or take it out"
VOID: Final = frozenset({"img", "input", "meta", "link", "wbr", "area", "base", "col", "embed", "source", "track"})


def html_blocks(name: str, html: str) -> Blocks:
    """The blocks of the text. Raises ImportRefused above the limits."""
    refuse_many(name, html.count("<"), "tags", MOST_MARKS)
    blocks = Blocks(name)
    _Reading(blocks, html).read()
    return blocks


class _Reading:
    """Goes through the tags; nothing is nested but counted, so that depth costs nothing."""

    def __init__(self, blocks: Blocks, html: str) -> None:
        self.blocks, self.html = blocks, html
        self.line, self.counted = 1, 0
        self.writing = Writing()
        self.kind, self.level = Kind.TEXT, 0
        self.depth, self.begins_item = 0, False
        self.after_term = False
        self.skipped, self.skipped_depth, self.skipped_from = "", 0, 0
        self.has_title = "mso" in html and bool(re.search(r"<p\s[^>]{0,200}MsoTitle", html))

    def read(self) -> None:
        for mark in marks(self.html):
            self.line += self.html.count("\n", self.counted, mark.at)
            self.counted = mark.at
            if self.skipped:
                self.skip(mark)
            elif not mark.name:
                self.writing.write(mark.text, self.line + self._blank_lines(mark.source))
            elif mark.is_end:
                self.end(mark.name)
            else:
                self.start(mark.name, mark.attributes)
        if self.skipped:
            self.blocks.stray(
                self.skipped_from, "is not closed, and what follows was not read: close it", f"<{self.skipped}>"
            )
        self.flush()

    def _blank_lines(self, source: str) -> int:
        return source.count("\n", 0, len(source) - len(source.lstrip()))

    def skip(self, mark: Mark) -> None:
        """Wait for the end of an element, through others of its name."""
        if mark.name == self.skipped:
            self.skipped_depth += -1 if mark.is_end else 1
            if not self.skipped_depth:
                self.skipped = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if HEADING.fullmatch(name):
            self.begin(Kind.HEADING, int(name[1]) + self.has_title)
        elif name in BLOCKS:
            self.start_block(name, attributes)
        elif name == "br":
            self.writing.end_line()
        elif name in EMBEDDED:
            self.blocks.stray(self.line, PICTURE, attributes.get("alt", ""))
        elif name == "a" and attributes.get("href"):
            self.writing.start_link(attributes["href"])
        elif name in REFUSED:
            self.flush()
            self.blocks.stray(self.line, REFUSED[name])
        if name in REFUSED or name in UNSEEN or (name not in VOID and self.is_hidden(attributes)):
            self.skipped, self.skipped_depth, self.skipped_from = name, 1, self.line

    def is_hidden(self, attributes: Mapping[str, str]) -> bool:
        """Whether nobody sees the element; the bullet that Word writes before an item is not told."""
        style = re.sub(r"\s", "", attributes.get("style", "")).casefold()
        if "mso-list:ignore" in style:
            return True
        if "hidden" in attributes or "display:none" in style or "mso-hide:all" in style:
            self.blocks.stray(self.line, HIDDEN)
            return True
        return False

    def start_block(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "dd" and self.after_term:
            self.after_term = False
            self.writing.write(": ", self.line)
            return
        self.flush()
        self.after_term = name == "dt"
        words = attributes.get("class", "")
        if name in LISTS:
            self.depth += 1
        elif name == "li":
            self.begins_item = True
        if words.startswith("MsoTitle"):
            self.begin(Kind.HEADING, 1)
        elif words.startswith("MsoListParagraph"):
            depth = re.search(r"mso-list:\s*\S+\s+level([1-9])", attributes.get("style", ""))
            self.begin(Kind.ITEM, int(depth[1]) if depth else 1)
        elif words.startswith("MsoToc"):
            self.skipped, self.skipped_depth, self.skipped_from = name, 1, self.line

    def end(self, name: str) -> None:
        if (name != "dt" and name in BLOCKS) or HEADING.fullmatch(name):
            self.flush()
        elif name == "a":
            self.writing.end_link()
        if name in LISTS:
            self.depth = max(self.depth - 1, 0)

    def begin(self, kind: Kind, level: int) -> None:
        self.flush()
        self.kind, self.level = kind, level

    def flush(self) -> None:
        """End the block at hand; the next is an item inside a list, else a paragraph."""
        self.after_term = False
        lines = self.writing.finish()
        has_text = any(line.text for line in lines)
        if self.kind is Kind.TEXT and self.depth:
            self.kind, self.level = Kind.ITEM, self.depth + (not self.begins_item)
            self.begins_item = self.begins_item and not has_text
        self.blocks.add(self.kind, self.level, lines)
        self.kind, self.level = Kind.TEXT, 0
