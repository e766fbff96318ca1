"""Addresses of campaigns."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.demand_reading import ReadCampaign, find_campaign, find_former_campaign, read_campaigns
from campaigns.models import Campaign
from campaigns.pages.acting import petitions_of
from campaigns.pages.campaign_page import read_campaign_page
from campaigns.pages.feeds import Head, feed_page, newest_first, tag, write_feed
from campaigns.pages.news import of_demands, of_petitions, of_updates
from campaigns.pages.report_page import above, address, report_page, stands_at
from campaigns.pages.theme_page import asks_of
from campaigns.public_objects import Instead, Kind, OfferedChoice, answer, offered, removed_under


@report_page
def campaigns(request: HttpRequest) -> HttpResponse:
    """All campaigns, those that can be signed first."""
    lang = get_language() or "en"
    return render(request, "pages/campaigns.html", {"asks": asks_of(_listed(lang), lang), "section": "campaigns"})


@report_page
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """One campaign, or an answer in its place."""
    return answer(request, CAMPAIGNS, slug, "pages:campaign", lambda found: _page(request, found))


def _page(request: HttpRequest, found: ReadCampaign) -> HttpResponse:
    lang = get_language() or "en"
    stands_at(request, "pages:campaign", found.slug_in)
    page = read_campaign_page(found, lang)
    trail = above("pages:campaigns")
    context = {"page": page, "campaign": found, "state": found.state, "trail": trail, "section": "campaigns"}
    return render(request, "pages/campaign.html", context)


@feed_page
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """What goes on in a campaign, as Atom: its petitions and their news, and what became of its demands."""
    return answer(request, CAMPAIGNS, slug, "pages:campaign_feed", lambda found: _feed(request, found))


def _feed(request: HttpRequest, found: ReadCampaign) -> HttpResponse:
    lang = get_language() or "en"
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


def _offered(lang: str) -> list[OfferedChoice]:
    return [offered(one.text, reverse("pages:campaign", args=[one.text.slug])) for one in _listed(lang)]


def _listed(lang: str) -> list[ReadCampaign]:
    found = Campaign.objects.stood_by().order_by("-featured", "pk")
    return read_campaigns(found, lang)


CAMPAIGNS: Final = Kind(
    find=lambda slug, lang: find_campaign(slug, lang) or find_former_campaign(slug, lang),
    name_in=ReadCampaign.slug_in,
    state_of=lambda campaign: campaign.state,
    was_removed=lambda slug, _lang: removed_under(Campaign.objects.all(), slug),
    missing=Instead(
        title=_("No such campaign"),
        heading=_("There is no campaign at this address"),
        happened=_("The address may be mistyped or cut off, or the campaign is not public yet."),
        look=_("These are the campaigns there are:"),
        nothing=_("No campaign is published yet."),
        offered=_offered,
    ),
)
