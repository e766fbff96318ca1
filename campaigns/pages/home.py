"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.page_cache import public_page


@public_page(2)
def home(request: HttpRequest) -> HttpResponse:
    """What this is, what is asked now, and where it stands."""
    return render(request, "pages/home.html")
