"""Pages behind a link of a mail: kept nowhere, told to nobody, and the same whenever a link leads nowhere.

A link is looked at by mail scanners, so GET changes nothing and tells nothing personal; the button's POST acts. That
post needs neither a CSRF token nor a check where it came from: the token in its address is the authority.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.keystore import KeystoreError, SecretsDestroyed
from campaigns.petitions.mailbox_forms import NewMailForm
from campaigns.petitions.printed import printed_to_choose
from campaigns.petitions.refusals import NotSaved, saving
from campaigns.sealing import CannotOpen
from config.short_way import for_anyone

log = logging.getLogger("upstander.petitions")

P = ParamSpec("P")

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def token_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view behind a mailed link: GET, HEAD and POST; 503, readable, while database or keys are away."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except SecretsDestroyed:  # what the link stood for was erased for good
            response = no_such_link(request)
        except (NotSaved, KeystoreError, CannotOpen) as problem:
            log.error("a page behind a mailed link failed: %s", type(problem).__name__)
            response = render(request, "petitions/link_later.html", {"canonical": ""}, status=503)
            response.headers["Retry-After"] = "10"
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return for_anyone(csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(guarded)))


def no_such_link(request: HttpRequest, *, withdrawal: bool = False) -> HttpResponse:
    """Wrong, cut off, expired, used up: the same bytes for all of them, so nothing of the request may stand in them but
    which of the two links its address names. It offers a new mail, and even the petition has to be chosen."""
    request.alternates = {code: _new_mail(code) for code, _name in settings.LANGUAGES}  # type: ignore[attr-defined]
    with saving():
        petitions = printed_to_choose(get_language())
    context = {"withdrawal": withdrawal, "mail_form": NewMailForm(), "petitions": petitions, "canonical": ""}
    return render(request, "petitions/no_such_link.html", context, status=404)


def _new_mail(lang: str) -> str:
    with override(lang):
        return reverse("petitions:new_mail")
