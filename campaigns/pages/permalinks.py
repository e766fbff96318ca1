"""Addresses of findings without a language, for citing: they lead to each reader's own language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from campaigns.pages.findings import FINDINGS
from campaigns.pages.report_page import address
from campaigns.public_objects import no_such
from reports.editorial.uids import normalise_uid
from reports.models import Finding


@require_safe
def finding(request: HttpRequest, uid: str) -> HttpResponse:
    """To the finding in its newest wording."""
    return _lead_on(request, "finding", uid)


@require_safe
def version(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    """To one wording of the finding."""
    return _lead_on(request, "version", uid, number)


PAGES = {"finding": "pages:finding", "version": "pages:finding_version"}


def _lead_on(request: HttpRequest, name: str, uid: str, *number: int) -> HttpResponse:
    """301 to the right spelling, else 302 to the best language; nothing about the reader is remembered."""
    folded = normalise_uid(uid)
    if folded is not None and folded != uid:
        return HttpResponsePermanentRedirect(reverse(f"permalinks:{name}", args=[folded, *number]))
    if not Finding.objects.visible().filter(uid=uid).exists():
        return no_such(request, FINDINGS, uid)
    response = HttpResponseRedirect(address(get_language_from_request(request), PAGES[name], uid, *number))
    response.headers["Referrer-Policy"] = "no-referrer"
    patch_vary_headers(response, ["Accept-Language"])
    return response


app_name = "permalinks"
urlpatterns = [
    path("<slug:uid>/", finding, name="finding"),
    path("<slug:uid>/v<int:number>/", version, name="version"),
]
