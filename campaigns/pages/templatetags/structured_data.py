"""What a page is about, for programs: JSON-LD 1.1 in the vocabulary of schema.org.

A data block never runs, so the policy `script-src` does not concern it (HTML standard, 4.12.1). `<`, `>` and `&` are
written as escapes, so that no title can end the block.
"""

from __future__ import annotations

import json
from typing import Any, Final

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

register = template.Library()

_ESCAPES: Final = {ord(char): f"\\u{ord(char):04X}" for char in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def structured_data(context: template.Context) -> SafeString:
    """The things in `structured`, and the way back in `trail`; nothing for a page that has neither."""
    things = [*(context.get("structured") or []), *_way_back(context.get("trail") or [])]
    blocks = [{"@context": "https://schema.org", **thing} for thing in things]
    return mark_safe("".join(_block(one) for one in blocks))  # noqa: S308  # escaped below


def _block(thing: dict[str, Any]) -> str:
    return f'<script type="application/ld+json">{escaped(thing)}</script>'


def escaped(thing: object) -> str:
    """JSON that holds no character with a meaning in HTML."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _way_back(trail: list[Any]) -> list[dict[str, Any]]:
    if not trail:
        return []
    steps = [(gettext("Home"), reverse("pages:home")), *(_named(step) for step in trail)]
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": settings.ORIGIN + url}
        for place, (name, url) in enumerate(steps, 1)
    ]
    return [{"@type": "BreadcrumbList", "itemListElement": items}]


def _named(step: Any) -> tuple[str, str]:
    name, url = (step["name"], step["url"]) if isinstance(step, dict) else (step.name, step.url)
    return str(name), url
