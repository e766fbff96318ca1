"""POST /<lang>/petitions/<slug>/sign/: takes a signature and answers the same to everybody.

New, repeated, held or signed long ago: one answer, so that nobody can ask us who signs. The post carries no CSRF token,
because the page it comes from is the same bytes for everyone and sets no cookie: without a cookie a post has no power
that another site could borrow. What another site could do is make its visitors sign; `config.cross_site` refuses that.
"""

from __future__ import annotations

import logging
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.keystore import KeystoreError
from campaigns.limit_rules import AskedForMore, seconds_to_wait
from campaigns.petitions.asking import Asks
from campaigns.petitions.flood_gate import BY_CODE, admit, new_challenge, standing
from campaigns.petitions.flood_incidents import Admission
from campaigns.petitions.petitions import Stage
from campaigns.petitions.printed import PETITIONS, printed_by_id
from campaigns.petitions.signing import NotOpen, NotSaved, SigningPetition, UnknownText, open_petition, sign
from campaigns.petitions.signing_at_once import sign_at_once
from campaigns.petitions.signing_form import SignForm, sign_form, typed_in
from campaigns.public_objects import no_such
from campaigns.saving import saving
from config.cross_site import is_from_elsewhere, refuse_from_elsewhere
from config.short_way import at_once, for_anyone

log = logging.getLogger("upstander.petitions")


@lru_cache(1024)
def _addresses(lang: str, slug: str) -> tuple[str, str]:
    """The petition's page and the page after signing. Finding an address costs as much as sealing."""
    with override(lang):
        return reverse("petitions:detail", args=[slug]), reverse("petitions:check_mail", args=[slug])


def _signed_at_once(request: HttpRequest, lang: str, slug: str) -> str | None:
    """Where it goes on after a post in which everything is right."""
    return _addresses(lang, slug)[1] if sign_at_once(request, lang, slug) else None


@for_anyone
@at_once(_signed_at_once)
@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_petition(request: HttpRequest, slug: str) -> HttpResponse:
    """303 to "check your mail"; 422 with the form and its errors; 409 when it cannot be signed now; 429 when a network
    or the petition is flooded and the post must bring more; 503 when nothing
    could be stored. A GET changes nothing and leads to the petition."""
    page, check_mail = _addresses(get_language(), slug)
    if request.method != "POST":
        return HttpResponseRedirect(page, status=303)
    if is_from_elsewhere(request):
        return refuse_from_elsewhere(request, page)
    try:
        petition = open_petition(slug, get_language())
        if petition is None:
            return no_such(request, PETITIONS, slug)
        request.leaves_no_trace = petition.safe_mode  # type: ignore[attr-defined]
        refusal = _sign(request, petition, sign_form(petition.asks)(request.POST))
    except (NotSaved, KeystoreError) as problem:
        log.error("a signature was not saved: %s", type(problem).__name__)
        return _not_saved(request, slug)
    return refusal or HttpResponseRedirect(check_mail, status=303)


def _sign(request: HttpRequest, petition: SigningPetition, form: SignForm) -> HttpResponse | None:
    """None once it is stored, else the page that says why not."""
    try:
        if petition.stage_now != Stage.OPEN:
            raise NotOpen(petition.stage_now)
        if not form.is_valid():
            return _ask_again(request, petition, form)
        said = form.submission(get_language())
        if said.text_sha256 not in petition.texts:  # said before a proof of work is used up
            raise UnknownText
        sign(petition, said, _admitted(request, petition))
    except AskedForMore as asked:
        return _one_more_step(request, petition, form, asked)
    except NotOpen:
        return _not_open(request, petition)
    except UnknownText:
        return _ask_again(request, petition, form)
    return None


def _admitted(request: HttpRequest, petition: SigningPetition) -> Admission:
    """How the post comes in. Raises AskedForMore, whoever signs: what was typed is no part of it."""
    with saving():
        return admit(standing(request.META, petition), request.POST)


def _one_more_step(
    request: HttpRequest, petition: SigningPetition, form: SignForm, asked: AskedForMore
) -> HttpResponse:
    """429: the form as it was filled in, with what else it takes while so much comes from one place."""
    printed = printed_by_id(petition.id, get_language())
    if printed is None:
        return _not_open(request, petition)
    request.alternates = printed.alternates  # type: ignore[attr-defined]
    wait = seconds_to_wait()
    context = {
        "printed": printed,
        "form": form,
        "text_sha256": form.data.get("text", ""),
        "language_form": "sign-form",
        "hard": asked.hard,
        "enter_way": "" if asked.hard else BY_CODE,
        "minutes": -(-wait // 60),
    }
    with saving():
        context["challenge"] = new_challenge(petition.id, hard=asked.hard)
    response = render(request, "petitions/one_more_step.html", context, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _ask_again(request: HttpRequest, petition: SigningPetition, form: SignForm) -> HttpResponse:
    """The form as it was filled in, with what is wrong in it and the words as they are now."""
    printed = printed_by_id(petition.id, get_language())
    if printed is None:  # taken off the site a moment ago
        return _not_open(request, petition)
    request.alternates = printed.alternates  # type: ignore[attr-defined]
    changed = form.data.get("text") != printed.sha256
    context = {"printed": printed, "form": form, "changed": changed, "language_form": "sign-form"}
    return render(request, "petitions/sign_again.html", context, status=422)


def _not_open(request: HttpRequest, petition: SigningPetition) -> HttpResponse:
    """Paused or over: nothing was stored, and nothing will be."""
    printed = printed_by_id(petition.id, get_language())
    if printed is not None:
        request.alternates = printed.alternates  # type: ignore[attr-defined]
    return render(request, "petitions/not_open.html", {"printed": printed}, status=409)


def _not_saved(request: HttpRequest, slug: str) -> HttpResponse:
    """The form as it was filled in, to be sent again as it is. Asks the database nothing: it may be away."""
    asks = Asks.seen_in(request.POST)
    form = sign_form(asks)(typed=typed_in(request.POST))
    request.leaves_no_trace = not asks.name  # type: ignore[attr-defined]  # as only the form of safe mode asks no name
    context = {"form": form, "slug": slug, "text_sha256": request.POST.get("text", ""), "languages": []}
    response = render(request, "petitions/not_saved.html", context, status=503)
    response.headers["Retry-After"] = "10"
    return response
