"""Pages for the owner of a pledge, and the one that every link or code without an end leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override

from campaigns.private_pages import kept_private

P = ParamSpec("P")


def private_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view of a pledge: see `campaigns.private_pages`."""
    return kept_private(view, gone=no_such_link, later=_later)


def _later(request: HttpRequest) -> HttpResponse:
    return private(request, "demonstrations/own_later.html", status=503)


def private(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a page that names no canonical address and whose languages lead to the form for codes."""
    request.alternates = {code: _own(code) for code, _name in settings.LANGUAGES}  # type: ignore[attr-defined]
    return render(request, template, {"canonical": "", "section": "demonstrations", **(context or {})}, status=status)


def no_such_link(request: HttpRequest) -> HttpResponse:
    """Wrong, cut off, withdrawn, erased: the same bytes for all, so nothing of the request may stand in them."""
    return private(request, "demonstrations/no_such_link.html", status=404)


def _own(lang: str) -> str:
    with override(lang):
        return reverse("demonstrations:own")
