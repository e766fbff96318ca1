"""A finding as others cite it: plain text, BibTeX, RIS and CSL-JSON.

Formats: BibTeX with the fields of biblatex (https://ctan.org/pkg/biblatex), in UTF-8; RIS with the tags that reference
managers share (TY first, ER last, CR LF); CSL-JSON as in the schema of https://citationstyles.org/.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.finding_reading import ReadSource
from reports.sources import SourceKind

_TEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{char: f"\\{char}" for char in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


_TEX_UNPAIRED: Final = {**_TEX, ord("{"): r"\textbraceleft{}", ord("}"): r"\textbraceright{}"}
"""BibTeX counts braces even behind a backslash: where they are not in pairs, none may be written."""
_LIGATURE: Final = re.compile(r"(?<=[-`'<>,?!])(?=[-`'<>])")
"""Between two characters that TeX would set as one: two hyphens as a dash, two quotes as a double one."""


@dataclass(frozen=True)
class Citation:
    """What a citation says. `version` counts the wordings of the finding; `url` leads to this very one."""

    uid: str
    version: int
    statement: str
    lang: str
    site: str
    url: str
    edition_title: str
    edition_label: str
    edition_url: str
    publisher: str
    released_on: date
    sources: list[ReadSource]
    accessed: date

    @property
    def stands_on(self) -> str:
        """The edition and each source with the place in it, as one line; a source that is the edition is said once."""
        title = f"{self.edition_title} {self.edition_label}".strip()
        edition = f"{self.publisher}, {title}, {self.released_on:%Y-%m-%d}"
        same = [source for source in self.sources if self._is_edition(source)]
        others = [source for source in self.sources if source not in same]
        first = [_joined(edition, source.doc_symbol, source.locator, source.url) for source in same] or [edition]
        return "; ".join([*first, *(_source(source) for source in others)])

    def _is_edition(self, source: ReadSource) -> bool:
        """Whether the source is the edition itself, perhaps under its title in another language."""
        if _folded(source.title) == _folded(self.edition_title):
            return True
        return source.kind == SourceKind.REPORT and source.url == self.edition_url


def _source(source: ReadSource) -> str:
    published = f"{source.published_on:%Y-%m-%d}" if source.published_on else ""
    return _joined(source.publisher, source.title, source.doc_symbol, published, source.locator, source.url)


def _joined(*parts: str) -> str:
    return _one_line(", ".join(part for part in parts if part))


def _folded(title: str) -> str:
    return re.sub(r"\W+", "", title.casefold())


def plain_text(citation: Citation) -> str:
    """One paragraph in the language of the page."""
    return _one_line(
        _(
            "%(site)s: finding %(uid)s, version %(version)s. %(statement)s Based on: %(stands_on)s. "
            "%(url)s, accessed on %(accessed)s."
        )
        % {
            "site": citation.site,
            "uid": citation.uid,
            "version": citation.version,
            "statement": citation.statement,
            "stands_on": citation.stands_on,
            "url": citation.url,
            "accessed": date_format(citation.accessed, "DATE_FORMAT"),
        }
    )


def bibtex(citation: Citation) -> str:
    """One entry."""
    fields = {
        "author": f"{{{_tex(citation.site)}}}",
        "title": f"{{{_tex(citation.statement)}}}",
        "year": str(citation.released_on.year),
        "version": str(citation.version),
        "note": _tex(citation.stands_on),
        "langid": citation.lang,
        "url": citation.url,
        "urldate": citation.accessed.isoformat(),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@online{{{_key(citation)},\n{lines}\n}}\n"


def ris(citation: Citation) -> str:
    """One record."""
    tags = [
        ("TY", "ELEC"),
        ("ID", _key(citation)),
        ("AU", f"{citation.site},"),
        ("TI", citation.statement),
        ("PY", str(citation.released_on.year)),
        ("ET", str(citation.version)),
        ("N1", citation.stands_on),
        ("LA", citation.lang),
        ("UR", citation.url),
        ("Y2", f"{citation.accessed:%Y/%m/%d}"),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in tags)


def csl_json(citation: Citation) -> str:
    """A list of one item."""
    item = {
        "id": _key(citation),
        "type": "webpage",
        "title": _one_line(citation.statement),
        "author": [{"literal": citation.site}],
        "container-title": citation.site,
        "issued": _date_parts(citation.released_on),
        "accessed": _date_parts(citation.accessed),
        "version": str(citation.version),
        "note": citation.stands_on,
        "language": citation.lang,
        "URL": citation.url,
    }
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True)
class Form:
    """A form of citation: the ending of its address, its media type, its name and how it is written."""

    ending: str
    media_type: str
    name: str
    write: Callable[[Citation], str]


FORMS: Final = {
    form.ending: form
    for form in (
        Form("txt", "text/plain", "TXT", plain_text),
        Form("bib", "application/x-bibtex", "BibTeX", bibtex),
        Form("ris", "application/x-research-info-systems", "RIS", ris),
        Form("json", "application/vnd.citationstyles.csl+json", "CSL-JSON", csl_json),
    )
}


def _key(citation: Citation) -> str:
    site = re.sub(r"[^a-z0-9]", "", citation.site.casefold()) or "finding"
    return f"{site}-{citation.uid}-v{citation.version}"


def _date_parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _tex(text: str) -> str:
    table = _TEX if _is_paired(text) else _TEX_UNPAIRED
    return "{}".join(part.translate(table) for part in _LIGATURE.split(_one_line(text)))


def _is_paired(text: str) -> bool:
    """Whether each brace closes one that was opened before it, and none is left open."""
    depths = list(accumulate({"{": 1, "}": -1}.get(char, 0) for char in text))
    return not depths or (min(depths) >= 0 and depths[-1] == 0)


def _one_line(text: str) -> str:
    """Without line breaks and other control characters, which would end a field."""
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in text).split())
