"""Invented content for the style page, in a left-to-right and a right-to-left language.

It stands for what editors write, so gettext does not translate it: a language without content of its own shows the
English one, marked with its language and direction, as the pages of the site do.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

Content = dict[str, Any]


@cache
def content_in(language: str) -> Content:
    """The sample content for a language code: its own, else the English one; dates as dates, times with a zone."""
    folder = Path(__file__).parent
    file = folder / f"{language}.json"
    text = (file if file.exists() else folder / "en.json").read_text(encoding="utf-8")
    content: Content = json.loads(text, object_hook=_with_dates)
    return content


def _with_dates(entry: dict[str, Any]) -> dict[str, Any]:
    for key in {"on", "published_on"} & entry.keys():
        entry[key] = date.fromisoformat(entry[key])
    if "starts" in entry:
        entry["starts"] = datetime.fromisoformat(entry["starts"])
    return entry
