"""Addresses of social cards, each below its page, found by the reader of that page: what has no page has no card.

The address holds a digest of what is on the picture, so other sites fetch a new one when the words change; an old
digest leads to the new one. A card is kept for minutes and not for ever, so that what is taken back stops spreading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns.demand_reading import find_campaign
from campaigns.demonstrations.demonstration_reading import find_demonstration
from campaigns.pages.demand_page import read_demand_page
from campaigns.pages.drawing_turns import NoTurn, Turns, come_back_later
from campaigns.pages.finding_page import read_finding_page
from campaigns.pages.place_page import read_place_page
from campaigns.pages.social_cards import cards
from campaigns.pages.social_cards.cards import Card
from campaigns.pages.social_cards.drawing import draw
from campaigns.petitions.printed import find_printed
from config.page_cache import public_page
from reports.instrument_reading import find_instrument
from reports.theme_reading import find_theme

KEPT_SECONDS: Final = 600
TURNS: Final = Turns(most=2, patience=3)

Reader = Callable[[str, str], Card | None]


def _theme(slug: str, lang: str) -> Card | None:
    found = find_theme(slug, lang)
    return cards.of_theme(found) if found else None


def _place(code: str, lang: str) -> Card | None:
    found = read_place_page(code, lang)
    return cards.of_place(found) if found else None


def _finding(uid: str, lang: str) -> Card | None:
    found = read_finding_page(uid, lang)
    return cards.of_finding(found) if found else None


def _campaign(slug: str, lang: str) -> Card | None:
    found = find_campaign(slug, lang)
    return cards.of_campaign(found) if found else None


def _demand(uid: str, lang: str) -> Card | None:
    found = read_demand_page(uid, lang)
    return cards.of_demand(found.demand) if found else None


def _instrument(uid: str, lang: str) -> Card | None:
    found = find_instrument(uid, lang)
    return cards.of_instrument(found) if found else None


def _petition(slug: str, lang: str) -> Card | None:
    found = find_printed(slug, lang)
    return cards.of_petition(found) if found else None


def _demonstration(slug: str, lang: str) -> Card | None:
    found = find_demonstration(slug, lang)
    return cards.of_demonstration(found) if found else None


def _site(_key: str, _lang: str) -> Card | None:
    return cards.of_site()


@public_page(KEPT_SECONDS)
@require_safe
def picture(request: HttpRequest, read: Reader, digest: str, key: str = "") -> HttpResponse:
    """The card as PNG. 404 where there is none, 302 from a digest that holds no more, 503 where too many are drawn."""
    card = read(key, get_language() or "en")
    if card is None:
        raise Http404
    if not card.url.endswith(f"/{digest}.png"):  # also where only the site's own picture can be shown
        return HttpResponseRedirect(card.url)
    try:
        with TURNS.one():
            png = draw(card.words)
    except NoTurn:
        return come_back_later()
    # Other sites show it: the policy of every other answer would forbid them to.
    return HttpResponse(png, content_type="image/png", headers={"Cross-Origin-Resource-Policy": "cross-origin"})


app_name = "cards"
_CARD = "card/<slug:digest>.png"
urlpatterns = [
    path(_CARD, picture, {"read": _site}, name="home"),
    path(f"themes/<uslug:key>/{_CARD}", picture, {"read": _theme}, name="theme"),
    path(f"places/<slug:key>/{_CARD}", picture, {"read": _place}, name="place"),
    path(f"findings/<slug:key>/{_CARD}", picture, {"read": _finding}, name="finding"),
    path(f"campaigns/<uslug:key>/{_CARD}", picture, {"read": _campaign}, name="campaign"),
    path(f"demands/<slug:key>/{_CARD}", picture, {"read": _demand}, name="demand"),
    path(f"instruments/<slug:key>/{_CARD}", picture, {"read": _instrument}, name="instrument"),
    path(f"petitions/<uslug:key>/{_CARD}", picture, {"read": _petition}, name="petition"),
    path(f"demonstrations/<uslug:key>/{_CARD}", picture, {"read": _demonstration}, name="demonstration"),
]
