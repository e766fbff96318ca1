"""Pages behind a link of a mail about a signature, and the one that every link without an end leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override

from campaigns.petitions.mailbox_forms import NewMailForm
from campaigns.petitions.printed import printed_to_choose
from campaigns.private_pages import kept_private
from campaigns.saving import saving
from config.short_way import for_anyone

P = ParamSpec("P")


def token_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view behind a mailed link: see `campaigns.private_pages`."""
    return for_anyone(kept_private(view, gone=no_such_link, later=_later))


def _later(request: HttpRequest) -> HttpResponse:
    return render(request, "petitions/link_later.html", {"canonical": ""}, status=503)


def no_such_link(request: HttpRequest, *, withdrawal: bool = False) -> HttpResponse:
    """Wrong, cut off, expired, used up: the same bytes for all of them, so nothing of the request may stand in them but
    which of the two links its address names. It offers a new mail, and even the petition has to be chosen."""
    request.alternates = {code: _new_mail(code) for code, _name in settings.LANGUAGES}  # type: ignore[attr-defined]
    with saving():
        petitions = printed_to_choose(get_language())
    context = {"withdrawal": withdrawal, "mail_form": NewMailForm(), "petitions": petitions, "canonical": ""}
    return render(request, "petitions/no_such_link.html", context, status=404)


def _new_mail(lang: str) -> str:
    with override(lang):
        return reverse("petitions:new_mail")
