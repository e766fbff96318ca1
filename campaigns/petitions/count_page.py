"""The count as a small JSON file, which open pages look at every ten seconds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language

from campaigns.petitions.printed import PETITIONS, find_printed
from campaigns.petitions.shown_count import shown_count
from campaigns.public_objects import no_such
from config.page_cache import public_page


@public_page(2)
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """`count` and `goal` (null without one) are whole numbers, `as_of` is when the count was read, in UTC."""
    printed = find_printed(slug, get_language())
    if printed is None:
        return no_such(request, PETITIONS, slug)
    request.leaves_no_trace = printed.petition.safe_mode  # type: ignore[attr-defined]
    as_of = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return JsonResponse({"count": shown_count(printed.petition), "goal": printed.petition.goal, "as_of": as_of})
