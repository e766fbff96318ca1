"""Templates: the social card of the page at hand, by the object that it shows."""

from __future__ import annotations

from typing import Any, Final

from django import template

from campaigns.pages.social_cards import cards
from campaigns.pages.social_cards.cards import Card

register = template.Library()

LOCALES: Final = {"en": "en_GB", "fr": "fr_FR", "nl": "nl_NL", "es": "es_ES", "ar": "ar_AR"}
"""Open Graph names a language together with a country."""

for _name in ("theme", "place", "finding", "campaign", "demand", "instrument", "petition", "demonstration"):
    register.simple_tag(getattr(cards, f"of_{_name}"), name=f"card_of_{_name}")
register.simple_tag(cards.of_site, name="card_of_site")


@register.inclusion_tag("_social_card.html", takes_context=True)
def social_card(context: template.Context, card: Card | None, title: str = "") -> dict[str, Any]:
    """The tags that other sites read; nothing without a card. `title`: of the page, where the card bears another."""
    return {
        "card": card,
        "title": title or (card.title if card else ""),
        "canonical": context.get("canonical"),
        "site_name": context.get("site_name"),
        "locale": LOCALES.get(card.lang) if card else None,
    }
