"""All demonstrations: what comes first, what is past apart; by place and by theme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language

from campaigns.demonstrations.demonstration_reading import read_demonstrations
from campaigns.demonstrations.demonstrations import DemonstrationQuerySet
from campaigns.demonstrations.upcoming import EventRow, announced, event_row, on_theme
from config.page_cache import bounded_int, one_of, public_page
from reports.models import Place, ThemeInEdition, ThemeText
from reports.reading import place_name, rows, words

PER_PAGE = 40
PAST_BESIDE = 10
MOST_PAGES = 500
UNKNOWN = "-"
"""What stands for a filter that no place or theme can be: it is told of, and shows nothing."""


def _place_code(value: str) -> str:
    code = value.strip().upper()
    return code if re.fullmatch(r"[A-Z]{2}|X-[A-Z0-9-]{1,10}", code) else UNKNOWN if code else ""


def _theme_key(value: str) -> str:
    key = value.strip().lower()
    return key if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) and len(key) <= 80 else UNKNOWN if key else ""


PARAMS = {
    "place": _place_code,
    "theme": _theme_key,
    "when": one_of("past"),
    "page": bounded_int(1, MOST_PAGES),
}


@dataclass(frozen=True)
class Choice:
    """An entry of a filter."""

    value: str
    name: str
    lang: str = ""


@public_page(10, params=PARAMS)
def list_demonstrations(request: HttpRequest) -> HttpResponse:
    """At most six queries, however many demonstrations there are."""
    lang, now = get_language(), timezone.now()
    asked = {name: request.GET.get(name, "") for name in ("place", "theme", "when")}
    places, themes = _places(lang), _themes(lang)
    found = _filtered(asked)
    unknown = [name for name, known in (("place", places), ("theme", themes)) if _is_unknown(asked[name], known)]
    past = asked["when"] == "past"
    page = Paginator(found.over(now) if past else found.to_come(now), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "asked": asked,
        "filtered": bool(asked["place"] or asked["theme"]),
        "unknown": unknown,
        "places": places,
        "themes": themes,
        "past": past,
        "page": page,
        "events": _rows(page.object_list, lang),
        "over": [] if past or page.has_next() else _rows(found.over(now)[:PAST_BESIDE], lang),
        "query": _query(asked),
        "past_query": urlencode({**{name: value for name, value in asked.items() if value}, "when": "past"}),
        "section": "demonstrations",
    }
    return render(request, "demonstrations/list.html", context)


def _filtered(asked: dict[str, str]) -> DemonstrationQuerySet:
    found = announced()
    if asked["place"]:
        found = found.filter(place__code=asked["place"])
    if asked["theme"]:
        found = found.filter(on_theme(theme__key=asked["theme"]))
    return found


def _rows(found: Any, lang: str) -> list[EventRow]:
    return [event_row(one) for one in read_demonstrations(found, lang)]


def _places(lang: str) -> list[Choice]:
    """Places that have a demonstration, by name."""
    found = Place.objects.filter(Exists(announced().filter(place=OuterRef("pk"))))
    names = rows(found, {"code": "code", "name": place_name(lang, of="pk")})
    return sorted((Choice(row["code"], row["name"] or row["code"]) for row in names), key=lambda choice: choice.name)


def _themes(lang: str) -> list[Choice]:
    """Themes that a campaign with a demonstration is on, under the title of their newest edition."""
    on_it = announced().filter(campaign__themes=OuterRef("theme"))
    found = ThemeInEdition.objects.stood_by().filter(Exists(on_it)).order_by("edition__period_end", "edition")
    titles = rows(found, {"key": "theme__key", "text": words(ThemeText, lang, "title")})
    newest = {row["key"]: row["text"] for row in titles if row["text"]}
    choices = [Choice(key, text["title"], text["lang"]) for key, text in newest.items()]
    return sorted(choices, key=lambda choice: choice.name)


def _is_unknown(value: str, known: list[Choice]) -> bool:
    return bool(value) and value not in {choice.value for choice in known}


def _query(asked: dict[str, str]) -> str:
    """The other parameters, for the links to further pages."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{query}&" if query else ""
