"""The page behind a mail's link to withdraw."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from campaigns.petitions.printed import printed_by_id
from campaigns.petitions.token_pages import no_such_link, token_page
from campaigns.petitions.withdrawing import withdraw, withdrawable_behind


@token_page
def withdraw_signature(request: HttpRequest, token: str = "") -> HttpResponse:
    """One button; its POST erases the signature. A link that was used leads to the same page as a wrong one."""
    return _withdraw(request, token) if request.method == "POST" else _ask(request, token)


def _ask(request: HttpRequest, token: str) -> HttpResponse:
    petition_id = withdrawable_behind(token)
    if petition_id is None:
        return no_such_link(request, withdrawal=True)
    printed = printed_by_id(petition_id, get_language())
    return render(request, "petitions/withdraw.html", {"printed": printed, "canonical": ""})


def _withdraw(request: HttpRequest, token: str) -> HttpResponse:
    done = withdraw(token)
    if done is None:
        return no_such_link(request, withdrawal=True)
    context = {"printed": printed_by_id(done.petition_id, get_language()), "held": done.held, "canonical": ""}
    return render(request, "petitions/withdrawn.html", context)
