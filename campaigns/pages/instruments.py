"""Addresses of treaties, laws and rulings."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.pages.report_page import above, report_page
from campaigns.public_objects import COMPARE_NUMBER, Instead, Kind, OfferedChoice, answer
from reports.editorial.uids import normalise_uid
from reports.instrument_reading import ReadInstrumentPage, find_instrument
from reports.models import Instrument


@report_page
def instrument(request: HttpRequest, uid: str) -> HttpResponse:
    """One instrument, or an answer in its place."""
    return answer(request, INSTRUMENTS, uid, "pages:instrument", lambda found: _page(request, found))


def _page(request: HttpRequest, found: ReadInstrumentPage) -> HttpResponse:
    context = {"instrument": found, "state": found.state, "trail": above("pages:themes"), "section": "themes"}
    return render(request, "pages/instrument.html", context)


def _offered(_lang: str) -> list[OfferedChoice]:
    return [OfferedChoice(_("All themes"), reverse("pages:themes"))]


INSTRUMENTS: Final = Kind(
    find=find_instrument,
    name_in=lambda found, _lang: found.uid,
    state_of=lambda found: found.state,
    was_removed=lambda uid, _lang: Instrument.objects.gone().filter(uid=uid).exists(),
    spell=normalise_uid,
    missing=Instead(
        title=_("No such law or rule"),
        heading=_("There is no law or rule with this number"),
        happened=_(
            "A number has ten letters and digits. It may be mistyped or cut off, or the law or rule is not public yet."
        ),
        hint=COMPARE_NUMBER,
        look=_("Look for it on the page of its theme:"),
        offered=_offered,
    ),
)
