"""GET /<lang>/demonstrations/<slug>.ics: the demonstration for a calendar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns.demonstrations.calendars import CONTENT_TYPE, calendar_of
from campaigns.demonstrations.demonstration_page import no_demonstration
from campaigns.demonstrations.demonstration_reading import find_demonstration
from config.page_cache import public_page


@require_safe
@public_page(30)
def calendar_entry(request: HttpRequest, slug: str) -> HttpResponse:
    """The file, as a download under a name that any system takes."""
    demonstration = find_demonstration(slug, get_language())
    if demonstration is None:
        return no_demonstration(request, slug)
    if slug != demonstration.slug_in(demonstration.lang):
        return HttpResponseRedirect(demonstration.url_in(demonstration.lang, "calendar"))
    response = HttpResponse(calendar_of(demonstration, timezone.now()), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{demonstration.uid}.ics"'
    return response
