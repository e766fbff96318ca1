"""An outline in Markdown (CommonMark 0.31), as blocks.

Links are written in place: definitions of references are not looked for, since each would read the rest of its
paragraph anew. So that the time stays in proportion to the size, a paragraph has at most `MOST_MARKS` marks.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from reports.importing.limits import MOST_ROWS, refuse_many
from reports.importing.outline_blocks import LONGEST, Blocks, Kind, Line, Writing

MOST_MARKS: Final = 1000
MOST_OF_ALL: Final = 10 * MOST_ROWS
MARK: Final = re.compile(r"[\[\]*_`<!&\\]")
DEFINITION: Final = re.compile(r"\[[^\]\n]{1,200}\]:")
FORMATTING: Final = re.compile(
    r"</?(?:b|i|u|s|em|strong|sub|sup|small|span|mark|ins|bdi|bdo|br)\b[^>]*>|<!--.*-->", re.IGNORECASE | re.DOTALL
)
TOO_DEEP: Final = 5
COMMENTS: Final = re.compile(r"\s*(?:<!--(?:(?!-->).)*+-->\s*)+", re.DOTALL)
BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
WRITTEN: Final = MarkdownIt("commonmark").disable(["reference", "inline"])
WRITTEN.normalizeLink = lambda url: url  # type: ignore[method-assign]  # an address is compared as it is written
REFUSED: Final = {
    "code_block": "is code (four spaces stand before it, or a tab): take the spaces away",
    "fence": "is code: write it as a paragraph or as “Key: value” lines",
    "blockquote_open": "is a quotation: what people said comes as a voice, as CSV or at the desk",
    "html_block": "is HTML: write Markdown, or hand the outline in as HTML",
}


def markdown_blocks(name: str, text: str) -> Blocks:
    """The blocks of the text. Raises ImportRefused above the limits."""
    refuse_many(name, text.count("\n"), "lines with the empty ones", MOST_OF_ALL)
    refuse_many(name, sum(bool(line.strip()) for line in text.splitlines()), "lines")
    refuse_many(name, len(MARK.findall(text)), "marks such as * and [", MOST_OF_ALL)
    blocks = Blocks(name)
    _Reading(blocks).read(WRITTEN.parse(text))
    return blocks


class _Reading:
    """Walks the tokens, which lie flat."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.depth = 0
        self.begins_item = False
        self.passed_over: Token | None = None
        """The block whose end is waited for."""

    def read(self, tokens: list[Token]) -> None:
        for before, token in pairwise([Token("", "", 0), *tokens]):
            if self.passed_over:
                if token.type == "blockquote_close" and token.level == self.passed_over.level:
                    self.passed_over = None
            elif token.type in REFUSED:
                self.refuse(token)
            elif token.type == "inline":
                self.add(before, token)
            else:
                self.count_lists(token)

    def count_lists(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self.depth += 1
            if self.depth == TOO_DEEP:  # far below, the library reads no further and does not say so
                self.blocks.stray(_first(token), "is a list in a list in a list: take it out of them")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.depth -= 1
        elif token.type == "list_item_open":
            self.begins_item = True

    def refuse(self, token: Token) -> None:
        if token.type == "html_block" and COMMENTS.fullmatch(token.content):
            return
        if token.type == "blockquote_open":
            self.passed_over = token
        self.blocks.stray(_first(token), REFUSED[token.type], token.content.strip().split("\n")[0])

    def add(self, before: Token, token: Token) -> None:
        if before.type == "heading_open":
            kind, level = Kind.HEADING, int(before.tag[1:])
        elif self.depth:
            kind, level = Kind.ITEM, self.depth + (not self.begins_item)
        else:
            kind, level = Kind.TEXT, 0
        self.begins_item = False
        if lines := self.lines(token):
            self.blocks.add(kind, level, lines)

    def lines(self, token: Token) -> list[Line]:
        """The lines of a paragraph without their marks; none if it cannot be taken."""
        content, number = token.content, _first(token)
        if DEFINITION.match(content):
            self.blocks.stray(number, "defines a link elsewhere: write it in place, as [words](address)", content[:80])
        elif content.startswith("|"):
            self.blocks.stray(number, "looks like a table: hand tables in as CSV, or write lines", content[:80])
        elif len(content) > LONGEST or len(MARK.findall(content)) > MOST_MARKS:
            advice = f"has more than {LONGEST} characters or {MOST_MARKS} marks such as * and [: split it"
            self.blocks.stray(number, advice, content[:80])
        else:
            return self.plain(content, number)
        return []

    def plain(self, content: str, number: int) -> list[Line]:
        parts: list[Token] = []
        WRITTEN.inline.parse(content, WRITTEN, {}, parts)
        writing = Writing()
        for part in parts:
            if part.type in ("softbreak", "hardbreak"):
                number += 1
            if part.type in ("softbreak", "hardbreak") or BREAK.fullmatch(part.content):
                writing.end_line()
            elif part.type == "link_open":
                writing.start_link(str(part.attrs["href"]))
            elif part.type == "link_close":
                writing.end_link()
            elif part.type == "image":
                self.blocks.stray(number, "is a picture, which has no place in an outline: take it out", part.content)
            elif part.type != "html_inline":
                writing.write(part.content, number)
            elif not FORMATTING.fullmatch(part.content):
                self.blocks.stray(number, REFUSED["html_block"], part.content)
        return writing.finish()


def _first(token: Token) -> int:
    """The line on which it begins."""
    return token.map[0] + 1 if token.map else 0
