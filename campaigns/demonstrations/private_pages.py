"""Pages for the owner of a pledge: kept nowhere, told to nobody, and the same whenever a link leads nowhere.

A link is looked at by mail scanners, so GET changes nothing and tells nothing personal; the button's POST acts. That
post needs neither a CSRF token nor a check where it came from: the code or the token in it is the authority.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.demonstrations.refusals import NotSaved
from campaigns.keystore import KeystoreError, SecretsDestroyed
from campaigns.sealing import CannotOpen

P = ParamSpec("P")

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def private_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view of a pledge: GET, HEAD and POST; 503, readable, while nothing can be read or stored."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except SecretsDestroyed:  # on purpose and for good: there is nothing left to try again
            response = no_such_link(request)
        except (NotSaved, KeystoreError, CannotOpen):
            response = private(request, "demonstrations/own_later.html", status=503)
            response.headers["Retry-After"] = "10"
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(guarded))


def private(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a page that names no canonical address and whose languages lead to the form for codes."""
    request.alternates = {code: _own(code) for code, _name in settings.LANGUAGES}  # type: ignore[attr-defined]
    return render(request, template, {"canonical": "", "section": "demonstrations", **(context or {})}, status=status)


def no_such_link(request: HttpRequest) -> HttpResponse:
    """Wrong, cut off, withdrawn, erased: the same bytes for all, so nothing of the request may stand in them."""
    return private(request, "demonstrations/no_such_link.html", status=404)


def _own(lang: str) -> str:
    with override(lang):
        return reverse("demonstrations:own")
