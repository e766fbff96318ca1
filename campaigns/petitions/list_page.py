"""All petitions: those that can be signed first, then how the others ended."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from campaigns.petitions.petitions import Stage
from campaigns.petitions.printed import Printed, all_printed
from campaigns.petitions.shown_count import shown_counts
from campaigns.petitions.updates import PetitionUpdate
from config.page_cache import public_page


@dataclass(frozen=True)
class Row:
    """A petition in the list, with its number and, where it has one, its outcome."""

    printed: Printed
    count: int
    outcome: PetitionUpdate | None


@public_page(5)
def list_petitions(request: HttpRequest) -> HttpResponse:
    """Three queries, however many petitions there are."""
    printed = sorted(all_printed(get_language()), key=_newest_first)
    counts = shown_counts([one.petition for one in printed])
    outcomes = {
        update.petition_id: update
        for update in PetitionUpdate.objects.filter(outcome=True, petition__in=list(counts)).prefetch_related("texts")
    }
    rows = [Row(one, counts[one.petition.pk], outcomes.get(one.petition.pk)) for one in printed]
    context = {
        "running": [row for row in rows if row.printed.stage != Stage.CLOSED],
        "over": [row for row in rows if row.printed.stage == Stage.CLOSED],
    }
    return render(request, "petitions/list.html", context)


def _newest_first(printed: Printed) -> tuple[float, int]:
    opened_at = printed.petition.opened_at
    return (-opened_at.timestamp() if opened_at else 0.0, -printed.petition.pk)
