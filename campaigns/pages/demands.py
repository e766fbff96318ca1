"""Addresses of demands."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Demand
from campaigns.pages.demand_page import DemandPage, read_demand_page
from campaigns.pages.report_page import above, report_page
from campaigns.pages.structured_data import demand_asked
from campaigns.public_objects import COMPARE_NUMBER, Instead, Kind, OfferedChoice, answer
from reports.editorial.uids import normalise_uid


@report_page
def demand(request: HttpRequest, uid: str) -> HttpResponse:
    """One demand, or an answer in its place."""
    return answer(request, DEMANDS, uid, "pages:demand", lambda page: _page(request, page))


def _page(request: HttpRequest, page: DemandPage) -> HttpResponse:
    trail = above("pages:campaigns")
    context = {"page": page, "demand": page.demand, "state": page.demand.state, "trail": trail, "section": "campaigns"}
    context["structured"] = [demand_asked(page)]
    return render(request, "pages/demand.html", context)


def _offered(_lang: str) -> list[OfferedChoice]:
    return [OfferedChoice(_("All campaigns"), reverse("pages:campaigns"))]


DEMANDS: Final = Kind(
    find=read_demand_page,
    name_in=lambda page, _lang: page.demand.uid,
    state_of=lambda page: page.demand.state,
    was_removed=lambda uid, _lang: Demand.objects.gone().filter(uid=uid).exists(),
    spell=normalise_uid,
    missing=Instead(
        title=_("No such demand"),
        heading=_("There is no demand with this number"),
        happened=_(
            "A number has ten letters and digits. It may be mistyped or cut off, or the demand is not public yet."
        ),
        hint=COMPARE_NUMBER,
        look=_("Look for the demand on the page of its campaign:"),
        offered=_offered,
    ),
)
