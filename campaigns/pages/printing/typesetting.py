"""Sets words on paper with typst: tagged PDF/UA-1 (ISO 14289-1), so that a screen reader finds its way. Where
a word has letters that our fonts lack (a source's title in Chinese) they are boxes, and the file is tagged all the same
but does not claim the standard.

The words go in as one JSON value in `sys.inputs` and are never part of the source: nothing that an editor or a source
wrote can be code. The template reads no other file, and no package is fetched: there is no network in it. Fonts: ours
and those inside typst, none of the server's, so that every installation sets the same pages.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import typst

HERE: Final = Path(__file__).resolve().parent
PAPER: Final = HERE / "paper.typ"
FONTS: Final = HERE.parent / "fonts"
RECENT: Final = 16
"""PDF kept in memory besides the page cache, which does not take large ones."""


def typeset(words: dict[str, Any]) -> bytes:
    """The PDF of these words (see `words`). A tenth of a second for a usual page, under two for the largest."""
    return _set(json.dumps(words, sort_keys=True), datetime.now(UTC).date().isoformat())


@lru_cache(maxsize=RECENT)
def _set(words: str, day: str) -> bytes:
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    compiler = typst.Compiler(
        input=PAPER,
        root=HERE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"words": words},
        package_path=HERE,  # where there is none
        package_cache_path=HERE,
    )
    try:
        pdf = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=midnight)
    except typst.TypstError:  # a letter that no font of ours has: the standard forbids the box in its place
        pdf = compiler.compile(format="pdf", timestamp=midnight)
    assert isinstance(pdf, bytes), "without an output path the compiler gives bytes back"
    return pdf


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
