"""Addresses of campaigns."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import get_language

from campaigns.demand_reading import ReadCampaign, find_campaign, find_former_campaign, read_campaigns
from campaigns.models import Campaign
from campaigns.pages.acting import petitions_of
from campaigns.pages.campaign_page import read_campaign_page, was_removed
from campaigns.pages.feeds import Head, feed_page, newest_first, tag, write_feed
from campaigns.pages.news import of_demands, of_petitions, of_updates
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


@feed_page
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """What goes on in a campaign, as Atom: its petitions and their news, and what became of its demands."""
    lang = get_language() or "en"
    found = find_campaign(slug, lang) or find_former_campaign(slug, lang)
    if found is None:
        return _missing(request, slug, lang)
    if found.slug_in(lang) != slug:
        return HttpResponsePermanentRedirect(address(lang, "pages:campaign_feed", found.slug_in(lang)))
    petitions = petitions_of([found.pk], lang)
    entries = [*of_petitions(petitions), *of_updates(petitions, lang), *of_demands(found.demands)]
    return write_feed(request, _head(found, lang), newest_first(entries, request), lang)


def _head(found: ReadCampaign, lang: str) -> Head:
    return Head(
        tag=tag("campaign", found.uid),
        title=found.text.title,
        text=found.text.summary,
        page=address(lang, "pages:campaign", found.slug_in(lang)),
        feed_in=lambda other: address(other, "pages:campaign_feed", found.slug_in(other)),
    )


def _missing(request: HttpRequest, slug: str, lang: str) -> HttpResponse:
    if was_removed(slug):
        return removed(request)
    found = Campaign.objects.visible().exclude(state=State.RETRACTED).order_by("-featured", "pk")
    return render(request, "pages/missing_campaign.html", {"campaigns": read_campaigns(found, lang)}, status=404)
