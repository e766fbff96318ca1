"""Addresses of campaigns."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import get_language

from campaigns.demand_reading import find_campaign, find_former_campaign, read_campaigns
from campaigns.models import Campaign
from campaigns.pages.campaign_page import read_campaign_page, was_removed
from campaigns.pages.report_page import above, address, removed, report_page, stands_at
from campaigns.pages.theme_page import asks_of
from reports.editorial.publishing import State


@report_page
def campaigns(request: HttpRequest) -> HttpResponse:
    """All campaigns, those that can be signed first."""
    lang = get_language() or "en"
    found = Campaign.objects.visible().exclude(state=State.RETRACTED).order_by("-featured", "pk")
    return render(
        request, "pages/campaigns.html", {"asks": asks_of(read_campaigns(found, lang), lang), "section": "campaigns"}
    )


@report_page
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """One campaign. A slug of another language or an earlier one leads on."""
    lang = get_language() or "en"
    found = find_campaign(slug, lang) or find_former_campaign(slug, lang)
    if found is None:
        return _missing(request, slug, lang)
    if found.slug_in(lang) != slug:
        return HttpResponsePermanentRedirect(address(lang, "pages:campaign", found.slug_in(lang)))
    stands_at(request, "pages:campaign", found.slug_in)
    page = read_campaign_page(found, lang)
    trail = above("pages:campaigns")
    context = {"page": page, "campaign": found, "state": found.state, "trail": trail, "section": "campaigns"}
    return render(request, "pages/campaign.html", context)


def _missing(request: HttpRequest, slug: str, lang: str) -> HttpResponse:
    if was_removed(slug):
        return removed(request)
    found = Campaign.objects.visible().exclude(state=State.RETRACTED).order_by("-featured", "pk")
    return render(request, "pages/missing_campaign.html", {"campaigns": read_campaigns(found, lang)}, status=404)
