"""The interface's words per language: read from code and templates, kept in .po, compiled to .mo, all with Babel.

Django's own tool for this needs GNU gettext on the machine; Babel comes with the project's packages.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
ROOMS = ("config", "reports", "campaigns", "templates")
SOURCE_LANGUAGE = "en"
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def languages() -> list[str]:
    """Languages that have a catalogue: all but the one the messages are written in."""
    return [code for code, _ in settings.LANGUAGES if code != SOURCE_LANGUAGE]


def po_path(language: str) -> Path:
    """Where a language's messages are edited."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def extract_template(
    file: IO[bytes], keywords: Any, comment_tags: Collection[str], options: Any
) -> Generator[Any, None, None]:
    """Babel's extraction method for Django templates: Django turns a template into what a Python extractor reads."""
    source = templatize(file.read().decode("utf-8"))
    bracketed = f"({source})"  # inside brackets the tokenizer does not mind a template's indentation
    yield from extract_python(io.BytesIO(bracketed.encode("utf-8")), keywords, comment_tags, options)


def found_messages() -> Catalog:
    """Every message in code and templates, with the files that use it (no line numbers, so that diffs stay small)."""
    catalog = _empty(None)
    for path in sorted(_sources()):
        method: Any = "python" if path.suffix == ".py" else extract_template
        name = path.relative_to(settings.BASE_DIR).as_posix()
        with path.open("rb") as file:
            for _line, message, comments, context in extract(method, file, KEYWORDS, ["Translators:"], {}):
                catalog.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return catalog


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        for path in (Path(settings.BASE_DIR) / room).rglob("*"):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def read(language: str) -> Catalog:
    """The catalogue of a language as it stands; an empty one where there is none."""
    path = po_path(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def _empty(language: str | None) -> Catalog:
    """No date of the day in the header: an update without new messages changes no file."""
    return Catalog(
        locale=language,
        header_comment="# Upstander's interface. AGPL-3.0-or-later.",
        project="Upstander",
        version="1",
        creation_date=FIRST_DAY,
        revision_date=FIRST_DAY,
        last_translator="",
        language_team="",
        msgid_bugs_address="",
        fuzzy=False,
    )


def update(language: str) -> Catalog:
    """Bring a language's .po up to the messages found and compile it. Nothing is guessed from similar messages."""
    catalog = read(language)
    catalog.update(found_messages(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        pofile.write_po(file, catalog, width=0, sort_output=True, omit_header=False, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """Messages without words in the catalogue's language, or with a plural form missing."""
    missing = []
    for message in catalog:
        words = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.id and not all(words):
            missing.append(message.id[0] if isinstance(message.id, list | tuple) else message.id)
    return missing
