"""Addresses of demands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import get_language

from campaigns.pages.demand_page import read_demand_page, was_removed
from campaigns.pages.report_page import above, address, removed, report_page
from reports.editorial.uids import normalise_uid


@report_page
def demand(request: HttpRequest, uid: str) -> HttpResponse:
    """One demand. A uid that was read out or copied with O, I, L or capitals leads to the right spelling."""
    lang = get_language() or "en"
    folded = normalise_uid(uid)
    if folded and folded != uid:
        return HttpResponsePermanentRedirect(address(lang, "pages:demand", folded))
    page = read_demand_page(uid, lang) if folded else None
    if page is not None:
        trail = above("pages:campaigns")
        context = {
            "page": page,
            "demand": page.demand,
            "state": page.demand.state,
            "trail": trail,
            "section": "campaigns",
        }
        return render(request, "pages/demand.html", context)
    if folded and was_removed(uid):
        return removed(request)
    return render(request, "pages/missing_demand.html", status=404)
