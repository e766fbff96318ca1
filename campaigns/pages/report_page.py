"""What all pages of the report share: how they are kept, what they tell other sites, their addresses per language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from campaigns.public_objects import OfferedChoice
from config.page_cache import ParamParser, public_page

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

LISTS: Final = {
    "pages:themes": _("Themes"),
    "pages:places": _("Places"),
    "pages:campaigns": _("Campaigns"),
}
FRESH_SECONDS: Final = 2
"""Counts stand on these pages, and what is released or taken back must show within seconds."""


def report_page(view: View[P]) -> View[P]:
    """A page that is the same for everyone, kept by the page cache. No other site learns which page somebody read."""
    return report_page_with({})(view)


def report_page_with(params: Mapping[str, ParamParser]) -> Callable[[View[P]], View[P]]:
    """The same, for a page that depends on these parameters of its address."""

    def declare(view: View[P]) -> View[P]:
        @public_page(FRESH_SECONDS, params)
        @require_safe
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response.headers["Referrer-Policy"] = "no-referrer"
            return response

        return answer

    return declare


def key_or_dash(value: str) -> str | None:
    """A parameter that names something by its key or code; "-" where no key looks like it, None where it is empty."""
    if not value:
        return None
    return value if re.fullmatch(r"[A-Za-z0-9_/.-]{1,80}", value) else "-"


def unknown_choice(request: HttpRequest, problem: str, choices: list[OfferedChoice]) -> HttpResponse:
    """400: a value in the address is none that the page knows; with those that it does. Not kept in the cache."""
    context = {"problem": problem, "choices": choices, "page_url": request.path}
    response = render(request, "pages/unknown_choice.html", context, status=400)
    response.headers["Cache-Control"] = "no-store"
    return response


def stands_at(request: HttpRequest, route: str, slug_in: Callable[[str], str], part: int = 1) -> None:
    """Give the page its addresses in the other languages, whose slugs differ; a part of it leads to the same part."""
    query = f"?page={part}" if part > 1 else ""
    request.alternates = {lang: address(lang, route, slug_in(lang)) + query for lang, _name in settings.LANGUAGES}  # type: ignore[attr-defined]


def address(lang: str, route: str, *parts: str | int) -> str:
    """Address of a page in a language."""
    with override(lang):
        return reverse(route, args=parts)


@dataclass(frozen=True)
class Step:
    """A page above the one at hand, for the way back."""

    name: str
    url: str
    lang: str = ""


def above(*routes: str) -> list[Step]:
    """The lists above a page, outermost first, by the names of their routes."""
    return [Step(str(LISTS[route]), reverse(route)) for route in routes]
