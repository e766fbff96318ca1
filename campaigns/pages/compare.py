"""The address where two editions stand side by side."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.pages.compare_page import CannotCompare, ComparePage, Offer, read_compare_page
from campaigns.pages.report_page import (
    above,
    address,
    key_or_dash,
    report_page_with,
    unknown_choice,
)
from campaigns.public_objects import OfferedChoice

NAMES = ("a", "b", "place", "theme")


@report_page_with(dict.fromkeys(NAMES, key_or_dash))
def compare(request: HttpRequest) -> HttpResponse:
    """Two editions, for a place, a theme or all themes. Without any choice the form alone."""
    lang = get_language() or "en"
    asked = {name: request.GET[name] for name in NAMES if request.GET.get(name)}
    try:
        page = read_compare_page(asked, lang)
    except CannotCompare as refused:
        return unknown_choice(request, *_choices_instead(refused))
    query = f"?{urlencode(asked)}" if asked else ""
    request.alternates = {code: address(code, "pages:compare") + query for code, _name in settings.LANGUAGES}  # type: ignore[attr-defined]
    context = {"page": page, "pairs": _pairs(page), "trail": above("pages:themes"), "section": "themes"}
    return render(request, "pages/compare.html", context)


def _choices_instead(refused: CannotCompare) -> tuple[str, list[OfferedChoice]]:
    page = refused.page
    if refused.name == "edition":
        if len(page.editions) < 2:
            return _("There are no two public editions to compare yet."), []
        return _("Two different public editions can be compared. There are:"), _pairs(page)
    if refused.name == "place":
        return _("There is no place with this code. There are:"), _offers(page, "place", page.places)
    return _("Neither edition has a theme of this name. There are:"), _offers(page, "theme", page.themes)


def _pairs(page: ComparePage) -> list[OfferedChoice]:
    """Each edition with the one before it, as links."""
    return [
        OfferedChoice(
            _("%(earlier)s and %(later)s") % {"earlier": earlier.label, "later": later.label},
            _url({"a": earlier.key, "b": later.key}),
        )
        for later, earlier in zip(page.editions, page.editions[1:], strict=False)
    ]


def _offers(page: ComparePage, name: str, offers: list[Offer]) -> list[OfferedChoice]:
    assert page.earlier is not None, "editions are looked at first"
    assert page.later is not None, "editions are looked at first"
    editions = {"a": page.earlier.key, "b": page.later.key}
    return [OfferedChoice(offer.name, _url({**editions, name: offer.key}), offer.lang) for offer in offers]


def _url(query: dict[str, str]) -> str:
    return f"{reverse('pages:compare')}?{urlencode(query)}"
