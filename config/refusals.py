"""Readable refusals: what happened, what is kept, what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Staff forms only: the form is too old or came from another site. Nothing was changed."""
    return render(request, "403_csrf.html", status=403)
