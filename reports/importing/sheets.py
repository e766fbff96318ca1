"""The tables of a CSV set and their columns. A column of words stands once for each language, as in `title_fr`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reports.content_file import LANGUAGES

FORMULA: Final = frozenset("=+-@\t\r")
"""A cell that begins with one of these is a formula to a spreadsheet (OWASP, CSV Injection)."""


@dataclass(frozen=True)
class Sheet:
    """One table: columns that stand once, and columns of words."""

    plain: tuple[str, ...]
    worded: tuple[str, ...] = ()
    required: bool = False

    @property
    def header(self) -> list[str]:
        """All its columns, the words of one language together."""
        return [*self.plain, *(f"{name}_{lang}" for lang in LANGUAGES for name in self.worded)]


EDITION_COLUMNS: Final = (
    *("key", "year", "label", "period_start", "period_end", "released_on", "places_examined", "source_url", "licence"),
    *("demo", "release_at"),
)
HEAD_COLUMNS: Final = ("original_lang", "needs_review")
PUBLISHER_COLUMNS: Final = ("key", "name", "url", "licence")
SHEETS: Final = {
    "edition": Sheet(
        (*HEAD_COLUMNS, *(f"publisher_{name}" for name in PUBLISHER_COLUMNS), *EDITION_COLUMNS),
        ("title", "headline"),
        required=True,
    ),
    "places": Sheet(("code", "kind", "parent", "status"), ("name", "edition_name", "note", "note_policy_url")),
    "sources": Sheet(
        (
            *("key", "kind", "title", "publisher", "authors", "published_on", "url", "archived_url", "doc_symbol"),
            *("lang", "licence"),
        ),
        required=True,
    ),
    "themes": Sheet(("key", "position"), ("slug", "title", "summary"), required=True),
    "findings": Sheet(
        ("key", "kind", "attribution", "scope", "themes", "occurred_from", "occurred_to", "precision"),
        ("statement", "explanation", "content_warning", "reply"),
        required=True,
    ),
    "finding_places": Sheet(("finding", "code", "role"), ("locality",)),
    "evidence": Sheet(("finding", "source", "relation", "locator", "note"), required=True),
    "people": Sheet(("key", "name", "organisation")),
    "voices": Sheet(
        ("key", "person", "themes", "said_on", "source", "mode", "locator", "quote_lang", "permission_basis"),
        ("role", "text"),
    ),
    "instruments": Sheet(
        ("key", "kind", "jurisdiction", "adopted_on", "in_force_on", "ended_on", "identifier", "url"),
        ("title", "short"),
    ),
    "instrument_links": Sheet(("instrument", "theme", "stance"), ("note",)),
    "theme_links": Sheet(("earlier", "later", "kind"), ("note",)),
    "theme_changes": Sheet(("theme", "place", "earlier", "state", "source"), ("note",)),
}

NUMBERS: Final = frozenset({"year", "places_examined", "position"})
FLAGS: Final = frozenset({"demo"})
LISTS: Final = frozenset({"themes", "needs_review"})
"""Keys or languages, separated by spaces, commas, semicolons or bars."""
NULLABLE: Final = frozenset(
    {
        *("parent", "jurisdiction", "place", "published_on", "occurred_from", "occurred_to"),
        *("adopted_on", "in_force_on", "ended_on", "release_at"),
    }
)
DROPPED_IF_EMPTY: Final = frozenset({"original_lang", "needs_review", "demo", "precision", "release_at"})
"""Optional columns whose empty cell says nothing at all."""
