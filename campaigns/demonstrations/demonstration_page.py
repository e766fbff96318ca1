"""The page of a demonstration: when, where, who can take part, and the form to say "I am coming"."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.demonstrations.demonstration_reading import (
    RETRACTED,
    ReadDemonstration,
    find_demonstration,
    read_demonstrations,
)
from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.event_data import event_data
from campaigns.demonstrations.expected import expected_words
from campaigns.demonstrations.pledge_form import PledgeForm, typed_in
from campaigns.demonstrations.upcoming import announced, event_row
from campaigns.public_objects import Instead, Kind, OfferedChoice, answer, no_such, removed_under
from config.cross_site import is_from_elsewhere, refuse_from_elsewhere
from config.page_cache import public_page

MOST_ELSEWHERE = 50


@csrf_exempt  # a POST here stores nothing: it carries what was typed over from the page in another language
@require_http_methods(["GET", "HEAD", "POST"])
@public_page(5)
def demonstration_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The same page for everybody; to a POST the page with what was typed so far, which nobody may keep."""
    if request.method != "POST":
        return answer(request, DEMONSTRATIONS, slug, "demonstrations:detail", lambda found: _page(request, found))
    demonstration = find_demonstration(slug, get_language())
    if demonstration is None:
        return no_such(request, DEMONSTRATIONS, slug)
    if is_from_elsewhere(request):
        return refuse_from_elsewhere(request, demonstration.url)
    response = _page(request, demonstration, typed=typed_in(request.POST))
    response.headers["Cache-Control"] = "no-store"
    return response


def _all_demonstrations(_lang: str) -> list[OfferedChoice]:
    return [OfferedChoice(_("All demonstrations"), reverse("demonstrations:list"))]


def _after_removal(lang: str) -> list[OfferedChoice]:
    return [*_all_demonstrations(lang), OfferedChoice(_("Withdraw with my code"), reverse("demonstrations:own"))]


DEMONSTRATIONS: Final = Kind(
    find=find_demonstration,
    name_in=ReadDemonstration.slug_in,
    state_of=lambda demonstration: demonstration.state,
    was_removed=lambda slug, _lang: removed_under(Demonstration.objects.all(), slug),
    missing=Instead(
        title=_("No such demonstration"),
        heading=_("There is no demonstration at this address"),
        happened=_("The address may be mistyped or cut off, or the demonstration is not public yet."),
        look=_("See where people come together:"),
        offered=_all_demonstrations,
    ),
    gone=Instead(
        title=_("Demonstration taken off the site"),
        heading=_("This demonstration was taken off the site"),
        happened=_(
            "Nobody calls for it here any more. If you said that you were coming, your code or the link in our mail "
            "still erases that."
        ),
        look=_("See where else people come together."),
        offered=_after_removal,
    ),
)


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
    if not context["retracted"]:
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
