"""The tags and words of HTML, read from front to back once.

`html.parser` of the standard library looks for the end of an unclosed comment or tag anew at each mark before 3.11.14
(CVE-2025-6069), and installations run older ones. Here what has no end goes on to the end of the file, as the HTML
standard says (13.2.5, Tokenization), so that no character is looked for twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Final, NamedTuple

NAME: Final = re.compile(r"</?([a-zA-Z][^\s/>]*)")
VALUE_OR_END: Final = re.compile(r">|=\s*([\"'])?")
COMMENT_END: Final = re.compile(r"--!?>")
ATTRIBUTE: Final = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"?|'([^']*)'?|([^\s>]*)))?""")
RAW: Final = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
"""Elements whose content is no HTML."""
RAW_ENDS: Final = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW}
LONG_NUMBER: Final = re.compile(r"&#(?:[0-9]{9,}|[xX][0-9a-fA-F]{9,});?")
"""A character by a number that none has: Python refuses to read numbers of some thousand digits."""


class Mark(NamedTuple):
    """A tag, or words between tags (then its name is empty): where it begins, and what was read for it."""

    at: int
    source: str
    name: str = ""

    @property
    def is_end(self) -> bool:
        """Whether it closes an element."""
        return self.source.startswith("</")

    @property
    def text(self) -> str:
        """The words, with characters for their references."""
        return _plain(self.source)

    @property
    def attributes(self) -> Mapping[str, str]:
        """The first of each name."""
        found: dict[str, str] = {}
        for name, *values in ATTRIBUTE.findall(self.source, len(self.name) + 1):
            found.setdefault(name.lower(), _plain("".join(values)))
        return found


def marks(html: str) -> Iterator[Mark]:
    """Tags and words in their order. Comments, document types and the content of scripts and styles are left out."""
    at = 0
    while at < len(html):
        begun, name = at, NAME.match(html, at)
        if name:
            at = _end_of_tag(html, name.end())
            mark = Mark(begun, html[begun:at], name[1].lower())
            yield mark
            if mark.name in RAW and not mark.is_end:
                at = _start_of(RAW_ENDS[mark.name], html, at)
        elif html.startswith("<!--", at):
            at = _end_of(COMMENT_END, html, at + 2)
        elif html.startswith(("<!", "<?", "</"), at):
            at = html.find(">", at) + 1 or len(html)
        else:
            at = html.find("<", at + 1)
            at = at if at >= 0 else len(html)
            yield Mark(begun, html[begun:at])


def _end_of_tag(html: str, at: int) -> int:
    """Past the `>` that stands in no quoted value."""
    while found := VALUE_OR_END.search(html, at):
        if found[0] == ">":
            return found.end()
        at = found.end()
        if found[1]:
            at = html.find(found[1], at) + 1 or len(html)
    return len(html)


def _end_of(form: re.Pattern[str], html: str, at: int) -> int:
    found = form.search(html, at)
    return found.end() if found else len(html)


def _start_of(form: re.Pattern[str], html: str, at: int) -> int:
    found = form.search(html, at)
    return found.start() if found else len(html)


def _plain(source: str) -> str:
    return unescape(LONG_NUMBER.sub("\ufffd", source))
