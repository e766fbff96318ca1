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
    found = withdrawable_behind(token)
    if found is None:
        return no_such_link(request)
    context = {"printed": printed_by_id(found.petition_id, get_language()), "canonical": ""}
    if request.method != "POST":
        return render(request, "petitions/withdraw.html", context)
    if not withdraw(token):  # somebody else pressed the button a moment ago
        return no_such_link(request)
    return render(request, "petitions/withdrawn.html", context)
