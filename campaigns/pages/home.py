"""The home page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from campaigns.pages.home_page import read_home_page
from campaigns.pages.report_page import report_page


@report_page
def home(request: HttpRequest) -> HttpResponse:
    """What this is, what is asked now, and where it stands."""
    return render(request, "pages/home.html", {"page": read_home_page(get_language() or "en")})
