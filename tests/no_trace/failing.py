"""A mistake in the program whose error quotes what was typed: the worst kind there is."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from config.short_way import for_anyone


def fails_on_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: raises where the request asks for it."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "X-Fail" in request.headers:
            fails(request)
        return get_response(request)

    return answer


@for_anyone
@csrf_exempt
def fails(request: HttpRequest) -> HttpResponse:
    """The same as a view on the way that signatures take."""
    raise RuntimeError(f"{request.POST!r} from {request.META.get('HTTP_X_FORWARDED_FOR')}")
