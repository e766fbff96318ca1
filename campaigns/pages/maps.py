"""Addresses of the map, and of the small one that a theme shows as a picture."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.pages.map_page import SORTS, Choice, Said, UnknownChoice, drawn, list_map_places, read_map_page
from campaigns.pages.report_page import (
    above,
    address,
    key_or_dash,
    report_page,
    report_page_with,
    unknown_choice,
)
from campaigns.pages.themes import THEMES
from campaigns.public_objects import OfferedChoice, answer
from config.page_cache import one_of
from reports.map_shapes import HEIGHT, WIDTH
from reports.theme_reading import ReadTheme

PICTURE_STYLE: Final = (
    "g{fill:#fbf9f6;stroke:#737c8a;stroke-width:.4}"
    ".examined{fill:#e3ded6;stroke:#fbf9f6}.named{fill:#468982;stroke:#fbf9f6}.live{fill:#042521;stroke:#fbf9f6}"
    ".actor{fill:#e3ded6;stroke:#468982;stroke-width:2}.hatch{fill:url(#hatch);stroke:none}#hatch{stroke:#525c6b}"
    "@media(prefers-color-scheme:dark){g{fill:#12161d;stroke:#77818f}"
    ".examined{fill:#2a313d;stroke:#12161d}.named{fill:#438f86;stroke:#12161d}.live{fill:#ddfaf5;stroke:#12161d}"
    ".actor{fill:#2a313d;stroke:#438f86}#hatch{stroke:#aeb6c2}}"
)
"""A picture takes no stylesheet of the page around it: the colours of the look, once more."""
_HASH = b64encode(hashlib.sha256(PICTURE_STYLE.encode()).digest()).decode()
PICTURE_POLICY: Final = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'"
"""Only exactly this style, and nothing else, may take effect in the picture when somebody opens it by itself."""


@report_page_with({"edition": key_or_dash, "theme": key_or_dash, "sort": one_of(*SORTS)})
def world(request: HttpRequest) -> HttpResponse:
    """What an edition says of each place: list, table, map. Three queries."""
    lang = get_language() or "en"
    given = {name: request.GET[name] for name in ("edition", "theme") if request.GET.get(name)}
    try:
        page = read_map_page(given.get("edition", ""), given.get("theme", ""), lang)
    except UnknownChoice as unknown:
        return unknown_choice(request, *_choices_instead(unknown))
    sort = request.GET.get("sort") or SORTS[0]
    request.alternates = {code: address(code, "pages:map") + _query(given) for code in _languages()}  # type: ignore[attr-defined]
    context = {
        "page": page,
        "rows": page.sorted_by(sort),
        "sort": sort,
        "sorts": {name: _query({**given, "sort": name}) for name in SORTS},
        "size": (WIDTH, HEIGHT),
        "legend": list(Said),
        "trail": above("pages:places"),
        "section": "places",
    }
    return render(request, "pages/map.html", context)


@report_page
def theme_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """The map of one theme as a picture, without words: what it shows stands beside it in the page."""
    return answer(request, THEMES, slug, "pages:theme_map", _picture)


def _picture(found: ReadTheme) -> HttpResponse:
    shapes = drawn(list_map_places(get_language() or "en", found.edition.pk, found.pk))
    svg = render_to_string("pages/theme_map.svg", {"shapes": shapes, "size": (WIDTH, HEIGHT), "style": PICTURE_STYLE})
    response = HttpResponse(svg, content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response


def _choices_instead(unknown: UnknownChoice) -> tuple[str, list[OfferedChoice]]:
    page = unknown.page
    if unknown.name == "edition":
        return _("There is no public edition of this name. There are:"), [
            _offered(choice, {"edition": choice.key}) for choice in page.editions
        ]
    edition = page.edition.key if page.edition else ""
    return _("This edition has no theme of this name. It has:"), [
        _offered(choice, {"edition": edition, "theme": choice.key}) for choice in page.themes
    ]


def _offered(choice: Choice, query: dict[str, str]) -> OfferedChoice:
    return OfferedChoice(choice.label, reverse("pages:map") + _query(query), choice.lang)


def _query(query: dict[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]
