"""The page after signing: the same for everybody, and the same when nobody signed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from campaigns.petitions.printed import find_printed, no_petition
from config.page_cache import public_page


@public_page(10)
def check_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """One next step: open the mail."""
    printed = find_printed(slug, get_language())
    if printed is None:
        return no_petition(request, slug, get_language())
    request.alternates = {code: printed.url_in(code, "check_mail") for code in printed.alternates}  # type: ignore[attr-defined]
    return render(request, "petitions/check_mail.html", {"printed": printed})
