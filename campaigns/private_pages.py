"""Pages for whoever has proven a mailbox: kept nowhere, told to nobody, and the same whenever a link leads nowhere.

A link is looked at by mail scanners, so GET changes nothing and tells nothing personal; the button's POST acts. That
post needs neither a CSRF token nor a check where it came from: the token or the code in it is the authority.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.keystore import KeystoreError, SecretsDestroyed
from campaigns.saving import NotSaved
from campaigns.sealing import CannotOpen

logger = logging.getLogger("upstander.private_pages")

P = ParamSpec("P")
Page = Callable[[HttpRequest], HttpResponse]

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def kept_private(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse], *, gone: Page, later: Page
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view for GET, HEAD and POST. `gone` answers where what it is about was erased for good, `later`, as a 503,
    while database or keys are away."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except SecretsDestroyed:  # on purpose: there is nothing left to try again
            response = gone(request)
        except (NotSaved, KeystoreError, CannotOpen) as problem:
            logger.error("a private page failed: %s", type(problem).__name__)
            response = later(request)
            response.headers["Retry-After"] = "10"
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(guarded))
