"""POST /<lang>/petitions/<slug>/code/: a mail's code and its address, in the place of the mail's link.

A right code proves the mailbox as the link does, so the answer is the very page that the link's button leads to, with
that link in the forms of what follows. Whatever is wrong with a code, the answer is one and the same.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override

from campaigns.keystore import KeystoreError, SecretsDestroyed
from campaigns.limit_rules import AskedForMore, seconds_to_wait
from campaigns.petitions.check_mail_page import consent_to_ask
from campaigns.petitions.confirm_page import answer
from campaigns.petitions.confirming import Confirmation, confirm_by_code
from campaigns.petitions.mailbox_forms import WRONG_OR_USED_UP, CodeForm, NewMailForm
from campaigns.petitions.mailbox_gate import admit_request, request_challenge
from campaigns.petitions.printed import PETITIONS, find_printed
from campaigns.petitions.signable import SigningPetition, open_petition
from campaigns.petitions.signing_form import whole_number
from campaigns.petitions.token_pages import token_page
from campaigns.public_objects import no_such
from campaigns.saving import NotSaved, saving
from campaigns.sealing import CannotOpen
from config.cross_site import is_from_elsewhere, refuse_from_elsewhere

log = logging.getLogger("upstander.petitions")


@token_page
def confirm_with_code(request: HttpRequest, slug: str) -> HttpResponse:
    """The page behind the link for a right code; 422 with the form for any other. A GET leads to the form."""
    page = reverse("petitions:check_mail", args=[slug])
    if request.method != "POST":
        return HttpResponseRedirect(page, status=303)
    if is_from_elsewhere(request):
        return refuse_from_elsewhere(request, page)
    try:
        return _take(request, slug)
    except SecretsDestroyed:  # on purpose and for good: there is nothing to try again
        raise
    except (NotSaved, KeystoreError, CannotOpen) as problem:
        log.error("a typed code was not taken: %s", type(problem).__name__)
        return _later(request, slug)


def _take(request: HttpRequest, slug: str) -> HttpResponse:
    with saving():
        petition = open_petition(slug, get_language())
        if petition is None:
            return no_such(request, PETITIONS, slug)
        form = CodeForm(request.POST)
        try:
            found = _confirmed(request, petition, form)
        except AskedForMore:
            return _one_more_step(request, slug, petition, form)
        return _ask_again(request, slug, form) if found is None else _as_behind_the_link(request, found)


def _confirmed(request: HttpRequest, petition: SigningPetition, form: CodeForm) -> Confirmation | None:
    if not form.is_valid():
        return None
    admit_request(request.META, petition, request.POST)
    said = form.cleaned_data
    found = confirm_by_code(petition, said["email"], said["code"], said["updates"])
    if found is None:
        form.add_error("code", WRONG_OR_USED_UP)
    return found


def _as_behind_the_link(request: HttpRequest, found: Confirmation) -> HttpResponse:
    """Its other languages are those of the link, where there is something to open."""
    request.alternates = {code: _link(code, found.confirm_token) for code, _name in settings.LANGUAGES}  # type: ignore[attr-defined]
    return answer(request, found)


def _link(lang: str, token: str) -> str:
    with override(lang):
        return reverse("petitions:confirm", args=[token])


def _one_more_step(request: HttpRequest, slug: str, petition: SigningPetition, form: CodeForm) -> HttpResponse:
    """429: code and address as they were typed, with the work that is asked while so many come from one place."""
    wait = seconds_to_wait()
    response = _ask_again(
        request, slug, form, status=429, code_challenge=request_challenge(petition), minutes=-(-wait // 60)
    )
    response.headers["Retry-After"] = str(wait)
    return response


def _later(request: HttpRequest, slug: str) -> HttpResponse:
    """503: the form as it was filled in, to be sent again as it is. Asks the database nothing: it may be away."""
    form = CodeForm(typed=request.POST)
    agreed = whole_number(request.POST.get("updates"))
    context = {"form": form, "slug": slug, "agreed": agreed, "canonical": ""}
    response = render(request, "petitions/code_later.html", context, status=503)
    response.headers["Retry-After"] = "10"
    return response


def _ask_again(request: HttpRequest, slug: str, form: CodeForm, status: int = 422, **more: object) -> HttpResponse:
    printed = find_printed(slug, get_language())
    if printed is None:  # taken off the site a moment ago
        return no_such(request, PETITIONS, slug)
    request.alternates = {code: printed.url_in(code, "check_mail") for code in printed.alternates}  # type: ignore[attr-defined]
    context = {
        "printed": printed,
        "form": form,
        "mail_form": NewMailForm(slug=printed.text.slug),
        "consent": consent_to_ask(printed),
        "consented": bool(form.data.get("updates")),
        "canonical": "",
        **more,
    }
    return render(request, "petitions/code_again.html", context, status=status)
