"""The address of the search. A question tells about who asks: nothing keeps it, and no other site learns it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from campaigns.pages.report_page import address
from campaigns.pages.search_kinds import KINDS, STATES, Filters
from campaigns.pages.search_page import read_search_page
from reports.models import Place, ThemeInEdition, ThemeText
from reports.reading import place_name, rows, words
from reports.search import LONGEST, one_line

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Choices = Mapping[str, "StrOrPromise | ThemeText"]
"""The values of a filter with their names: plain words, or the text that says in which language its title is."""

NAMES: Final = {"kind": _("kind"), "theme": _("theme"), "place": _("place"), "state": _("state"), "lang": _("language")}


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One box over everything. Whatever is typed, the answer is a page; six queries at most."""
    lang = get_language() or "en"
    asked = _filters(request.GET)
    choices = _choices(lang)
    unknown = [name for name, value in asked.given.items() if value not in choices[name]]
    typed = request.GET.get("q", "")
    page = read_search_page("" if unknown else typed, asked, lang, request.GET.get("page", ""))
    shown, _cut = one_line(typed)
    query = {"q": shown, **({} if unknown else asked.given)}
    request.alternates = _alternates(query)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "page": page,
        "shown": shown,
        "typed": bool(typed.strip()),
        "filters": [(name, NAMES[name], choices[name], getattr(asked, name)) for name in NAMES],
        "narrowed": bool(asked.given),
        "unknown": [NAMES[name] for name in unknown],
        "query": urlencode(query) + "&",
        "suggested_query": urlencode({**query, "q": page.suggestion}) if page.suggestion else "",
        "longest": LONGEST,
        "section": "search",
    }
    response = render(request, "pages/search.html", context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _filters(given: QueryDict) -> Filters:
    """What was asked for, as far as it could be a value at all; the rest is told of like any other unknown value."""
    values = {name: given.get(name, "").strip() for name in NAMES}
    return Filters(
        **{name: value if re.fullmatch(r"[A-Za-z0-9-]{0,80}", value) else "-" for name, value in values.items()}
    )


def _choices(lang: str) -> dict[str, Choices]:
    """The values of each filter with their names; two queries."""
    return {
        "kind": {**{name: kind.label for name, kind in KINDS.items()}, "place": _("Place")},
        "theme": _themes(lang),
        "place": _places(lang),
        "state": dict(STATES),
        "lang": {code: get_language_info(code)["name_local"] for code, _name in settings.LANGUAGES},
    }


def _themes(lang: str) -> Choices:
    """Themes under the title of their newest edition."""
    found = ThemeInEdition.objects.stood_by().order_by("edition__period_end", "edition")
    titles = rows(found, {"key": "theme__key", "text": words(ThemeText, lang, "title")})
    newest = {row["key"]: ThemeText(**row["text"]) for row in titles if row["text"]}
    return dict(sorted(newest.items(), key=lambda choice: choice[1].title.casefold()))


def _places(lang: str) -> Choices:
    found = rows(Place.objects.all(), {"code": "code", "name": place_name(lang, of="pk")})
    return dict(
        sorted(((row["code"], row["name"] or row["code"]) for row in found), key=lambda choice: choice[1].casefold())
    )


def _alternates(query: dict[str, str]) -> dict[str, str]:
    """The same question in the other languages."""
    asked = f"?{urlencode(query)}" if query["q"] else ""
    return {code: address(code, "pages:search") + asked for code, _name in settings.LANGUAGES}
