"""GET /<lang>/demonstrations/<slug>.ics: the demonstration for a calendar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.demonstrations.calendars import CONTENT_TYPE, calendar_of
from campaigns.demonstrations.demonstration_page import DEMONSTRATIONS
from campaigns.demonstrations.demonstration_reading import ReadDemonstration
from campaigns.public_objects import answer
from config.page_cache import public_page


@require_safe
@public_page(30)
def calendar_entry(request: HttpRequest, slug: str) -> HttpResponse:
    """The file, as a download under a name that any system takes."""
    return answer(request, DEMONSTRATIONS, slug, "demonstrations:calendar", _file)


def _file(demonstration: ReadDemonstration) -> HttpResponse:
    response = HttpResponse(calendar_of(demonstration, timezone.now()), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{demonstration.uid}.ics"'
    return response
