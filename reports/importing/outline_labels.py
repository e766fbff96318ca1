"""What can be said of an object in an outline, in lines as “Kind: violation” or “Title (fr): Rivières souillées”.

The labels are the columns of the tables (`sheets`) in words, with some that are shorter, and some that fill several
columns or rows at once. What stands without a label is the prose of the object.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from reports.content_file import LANGUAGES
from reports.importing.outline_blocks import Line, Link, Stray, shown
from reports.importing.sheets import SHEETS

LABEL: Final = re.compile(
    r"[\u200e\u200f\ufeff]*(?P<label>[^\W\d_][\w-]{0,30}(?: [\w-]{1,30}){0,2})\s*"
    r"(?:\((?P<lang>[\w-]{1,12})\)\s*)?:+(?P<space>\s*)"
)
IN_THE_FIRST: Final = 120
"""Characters among which a label and its colon stand."""
DIRECTION: Final = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Marks that turn the direction of writing: nothing to a key, a date or an address that was typed amid Arabic."""
OFTEN_SEVERAL: Final = frozenset({"place", "locality", "source", "source_note"})


@dataclass(frozen=True)
class Sort:
    """One sort of object: its table, its labels (in small letters) with what they fill, where its prose goes."""

    what: str
    sheet: str
    labels: Mapping[str, str]
    prose: tuple[str, ...] = ()
    """Columns of words that paragraphs fill one after the other; the last takes all that are left."""
    named_by: str = ""
    """The column that its heading fills."""

    def is_worded(self, column: str) -> bool:
        """Whether it is said in a language."""
        return column in SHEETS[self.sheet].worded or column == "locality"


def _sort(what: str, sheet: str, *without: str, prose: tuple[str, ...] = (), named_by: str = "", **more: str) -> Sort:
    columns = [name for name in (*SHEETS[sheet].plain, *SHEETS[sheet].worded) if name not in without]
    labels = {_words(name): name for name in columns} | {_words(label): name for label, name in more.items()}
    return Sort(what, sheet, labels, prose, named_by)


def _words(name: str) -> str:
    return name.replace("_", " ").casefold()


EDITION: Final = _sort(
    "the edition", "edition", prose=("headline",), named_by="title", language="original_lang", publisher="publisher_key"
)
THEME: Final = _sort("a theme", "themes", prose=("summary",), named_by="title")
FINDING: Final = _sort(
    "a finding",
    "findings",
    "themes",
    prose=("statement", "explanation"),
    when="when",
    place="place",
    places="place",
    locality="locality",
    source="source",
    source_note="source_note",
    also_in="also_in",
)
SOURCE: Final = _sort(
    *("a source", "sources"),
    named_by="title",
    published="published_on",
    symbol="doc_symbol",
    archived="archived_url",
    address="url",
    language="lang",
)
PLACE: Final = _sort("a place", "places", named_by="code")


@dataclass(frozen=True)
class Said:
    """One line: the label as it is written, what it fills, in which language (empty: the outline's own), the value."""

    number: int
    label: str
    column: str
    lang: str
    value: str
    links: tuple[Link, ...] = ()
    is_heading: bool = False
    """Taken from the heading, where no line says it."""


def said_in(line: Line, sort: Sort, *, strictly: bool) -> Said | Stray | None:
    """What a line says of the object; None for prose. Strictly, what has the form of a label has to be one."""
    found = LABEL.match(line.text[:IN_THE_FIRST])
    if not found:
        return None
    label, lang = found["label"], (found["lang"] or "").casefold()
    column = sort.labels.get(_words(label))
    if column is None:
        has_form = label.count(" ") < 2 and (found["space"] or found.end() == len(line.text))
        return _unknown(line, label, sort) if strictly and has_form else None
    if lang and (lang not in LANGUAGES or not sort.is_worded(column)):
        advice = f"is the same in every language: write “{label}:”"
        if lang not in LANGUAGES:
            advice = f"names no language of this site: use {', '.join(LANGUAGES)}"
        return Stray(line.number, shown(found[0].strip()), advice)
    written = f"{label} ({lang})" if lang else label
    return Said(line.number, written, column, lang, line.text[found.end() :].strip(), line.links)


def _unknown(line: Line, label: str, sort: Sort) -> Stray:
    close = get_close_matches(_words(label), sort.labels, 1)
    meant = f"did you mean “{close[0].capitalize()}:”?" if close else f"known are {_listed(sort)}"
    advice = f"is nothing that is said of {sort.what}: {meant}"
    if sort.prose:
        advice += f"; if it begins a sentence, put “{sort.prose[0].capitalize()}:” before it"
    return Stray(line.number, shown(f"{label}:"), advice)


def _listed(sort: Sort) -> str:
    return ", ".join(label.capitalize() for label in sort.labels)


def without_direction(text: str) -> str:
    """The value of something that is no prose."""
    return text.translate(dict.fromkeys(map(ord, DIRECTION))).strip()
