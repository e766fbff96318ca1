"""The page of a petition: what is asked, of whom and why, how many signed, and the sheet to sign."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.demand_reading import ReadCampaign, read_campaigns
from campaigns.models import Campaign
from campaigns.pages.coming import next_demonstrations
from campaigns.petitions.asking import Asks
from campaigns.petitions.petitions import Stage
from campaigns.petitions.printed import PETITIONS, Printed
from campaigns.petitions.shown_count import shown_count, thousands_separator, words_by_plural
from campaigns.petitions.signing_form import sign_form, typed_in
from campaigns.public_objects import answer, no_such
from config.cross_site import is_from_elsewhere, refuse_from_elsewhere
from config.page_cache import public_page
from reports.editorial.publishing import State
from reports.finding_reading import ReadFinding, read_findings
from reports.models import Finding

DEMONSTRATIONS = 3


@csrf_exempt  # a POST here stores nothing: it carries what was typed over from the page in another language
@require_http_methods(["GET", "HEAD", "POST"])
@public_page(2)
def petition(request: HttpRequest, slug: str) -> HttpResponse:
    """The same page for everybody; to a POST the page with what was typed so far, which nobody may keep."""
    if request.method != "POST":
        return answer(request, PETITIONS, slug, "petitions:detail", lambda printed: _page(request, printed))
    printed = PETITIONS.find(slug, get_language())
    if printed is None:
        return no_such(request, PETITIONS, slug)
    if is_from_elsewhere(request):
        return refuse_from_elsewhere(request, printed.url)
    response = _page(request, printed, typed=typed_in(request.POST))
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, printed: Printed, typed: dict[str, str] | None = None) -> HttpResponse:
    request.alternates = printed.alternates  # type: ignore[attr-defined]
    updates = list(printed.petition.updates.prefetch_related("texts").order_by("on", "position", "pk"))
    context: dict[str, Any] = {
        "printed": printed,
        "canonical": f"{settings.ORIGIN}{printed.url}",
        "retracted": printed.state == State.RETRACTED,
        "count": shown_count(printed.petition),
        "count_words": words_by_plural(),
        "thousands": thousands_separator(),
        "outcome": next((update for update in updates if update.outcome), None),
        "updates": [update for update in updates if not update.outcome],
        "findings": _findings(printed),
        "demonstrations": next_demonstrations([printed.petition.campaign_id], printed.lang)[:DEMONSTRATIONS],
        "campaign": _campaign(printed),
        "trail": [{"name": gettext("Petitions"), "url": reverse("petitions:list")}],
        "section": "campaigns",
    }
    if printed.stage == Stage.OPEN:
        context |= {"form": sign_form(Asks.of(printed.petition))(typed=typed), "language_form": "sign-form"}
    return render(request, "pages/petition.html", context)


def _findings(printed: Printed) -> list[ReadFinding]:
    """The findings that the campaign stands on, in its order."""
    standing = Finding.objects.stood_by()
    of_campaign = standing.filter(campaign_findings__campaign=printed.petition.campaign_id)
    return read_findings(of_campaign.order_by("campaign_findings__position", "pk"), printed.lang)


def _campaign(printed: Printed) -> ReadCampaign | None:
    """The campaign above this petition, where it is public."""
    campaigns = Campaign.objects.visible().filter(pk=printed.petition.campaign_id)
    return next(iter(read_campaigns(campaigns, printed.lang)), None)
