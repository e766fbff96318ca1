"""The page of a demonstration: when, where, who can take part, and the form to say "I am coming"."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.demonstrations.demonstration_reading import (
    RETRACTED,
    ReadDemonstration,
    find_demonstration,
    read_demonstrations,
    was_removed,
)
from campaigns.demonstrations.event_data import event_data
from campaigns.demonstrations.expected import expected_words
from campaigns.demonstrations.pledge_form import PledgeForm, typed_in
from campaigns.demonstrations.upcoming import announced, event_row
from config.cross_site import is_from_elsewhere, refuse_from_elsewhere
from config.page_cache import public_page

MOST_ELSEWHERE = 50


@csrf_exempt  # a POST here stores nothing: it carries what was typed over from the page in another language
@require_http_methods(["GET", "HEAD", "POST"])
@public_page(5)
def demonstration_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The same page for everybody; to a POST the page with what was typed so far, which nobody may keep."""
    demonstration = find_demonstration(slug, get_language())
    if demonstration is None:
        return no_demonstration(request, slug)
    if request.method != "POST":
        found_elsewhere = slug != demonstration.slug_in(demonstration.lang)
        return HttpResponseRedirect(demonstration.url) if found_elsewhere else _page(request, demonstration)
    if is_from_elsewhere(request):
        return refuse_from_elsewhere(request, demonstration.url)
    response = _page(request, demonstration, typed=typed_in(request.POST))
    response.headers["Cache-Control"] = "no-store"
    return response


def no_demonstration(request: HttpRequest, slug: str) -> HttpResponse:
    """410, readable, where one was taken off the site; raises Http404 where there never was a public one."""
    if was_removed(slug):
        return render(request, "demonstrations/removed.html", status=410)
    raise Http404


def on_its_page(request: HttpRequest, demonstration: ReadDemonstration) -> dict[str, Any]:
    """What every page that shows a demonstration needs; the other languages lead to its own page."""
    request.alternates = demonstration.alternates  # type: ignore[attr-defined]
    return {
        "demonstration": demonstration,
        "expected": expected_words(demonstration.people),
        "retracted": demonstration.closed == RETRACTED,
        "section": "demonstrations",
    }


def _page(request: HttpRequest, demonstration: ReadDemonstration, typed: dict[str, str] | None = None) -> HttpResponse:
    context = {**on_its_page(request, demonstration), "elsewhere": _elsewhere(demonstration)}
    context["structured"] = [event_data(demonstration)]
    context["trail"] = [{"name": gettext("Demonstrations"), "url": reverse("demonstrations:list")}]
    if not demonstration.closed:
        context |= {"form": PledgeForm(typed=typed), "language_form": "pledge-form"}
    return render(request, "demonstrations/demonstration.html", context)


def _elsewhere(demonstration: ReadDemonstration) -> list[Any]:
    """The other places of a day of action, in the order in which they begin."""
    if not demonstration.day_of_action:
        return []
    others = announced().filter(day_of_action=demonstration.day_of_action).exclude(pk=demonstration.pk)
    found = read_demonstrations(
        others.order_by("starts_at", "pk")[:MOST_ELSEWHERE], demonstration.lang, demonstration.seen_at
    )
    return [event_row(one) for one in found]
