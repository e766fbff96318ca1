"""POST /<lang>/demonstrations/<slug>/pledge/: takes a pledge, with no account, no cookie and no script.

With an address the answer is the same to everybody, so that nobody can ask us who comes. Without one the code is told
in the answer itself and nowhere else. The post carries no CSRF token, because the page it comes from is the same bytes
for everyone; what another site could do, make its visitors announce themselves, `config.cross_site` refuses.
"""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.demonstrations.demonstration_page import DEMONSTRATIONS, on_its_page
from campaigns.demonstrations.demonstration_reading import ReadDemonstration, find_demonstration
from campaigns.demonstrations.pledge_form import PledgeForm
from campaigns.demonstrations.pledge_gate import admit_pledge, pledge_challenge
from campaigns.demonstrations.pledging import pledge
from campaigns.demonstrations.refusals import NotOpen
from campaigns.keystore import KeystoreError
from campaigns.limit_rules import AskedForMore, seconds_to_wait
from campaigns.public_objects import no_such
from campaigns.saving import NotSaved, saving
from config.cross_site import is_from_elsewhere, refuse_from_elsewhere
from config.page_cache import public_page

log = logging.getLogger("upstander.demonstrations")


@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def take_pledge(request: HttpRequest, slug: str) -> HttpResponse:
    """303 to "check your mail", or 200 with the code; 422 with the form and its errors; 409 with the reason when nobody
    can announce themselves; 429 when more is asked; 503 when nothing could be stored. A GET leads to the
    demonstration."""
    page = reverse("demonstrations:detail", args=[slug])
    if request.method != "POST":
        return HttpResponseRedirect(page, status=303)
    if is_from_elsewhere(request):
        return refuse_from_elsewhere(request, page)
    form = PledgeForm(request.POST)
    try:
        with saving():
            demonstration = find_demonstration(slug, get_language())
        if demonstration is None:
            return no_such(request, DEMONSTRATIONS, slug)
        return _pledge(request, demonstration, form)
    except (NotSaved, KeystoreError) as problem:
        log.error("a pledge was not saved: %s", type(problem).__name__)
        return _not_saved(request, slug, form)


@public_page(10)
def check_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """One next step: open the mail. The same for everybody, and the same when nobody announced themselves."""
    demonstration = find_demonstration(slug, get_language())
    if demonstration is None:
        return no_such(request, DEMONSTRATIONS, slug)
    context = on_its_page(request, demonstration)
    request.alternates = {code: demonstration.url_in(code, "check_mail") for code in demonstration.alternates}  # type: ignore[attr-defined]
    return render(request, "demonstrations/check_mail.html", context)


def _pledge(request: HttpRequest, demonstration: ReadDemonstration, form: PledgeForm) -> HttpResponse:
    context = on_its_page(request, demonstration)
    if demonstration.closed:
        return render(request, "demonstrations/not_open.html", context, status=409)
    if not form.is_valid():
        context |= {"form": form, "language_form": "pledge-form"}
        return render(request, "demonstrations/pledge_again.html", context, status=422)
    party = form.party(get_language())
    try:
        with saving():
            admit_pledge(request.META, demonstration.pk, request.POST, by_mail=party.address is not None)
        code = pledge(demonstration, party)
    except AskedForMore as asked:
        return _one_more_step(request, demonstration, form, asked)
    except NotOpen:  # it changed a moment ago
        return render(request, "demonstrations/not_open.html", context, status=409)
    if code is None:
        return HttpResponseRedirect(demonstration.url_in(demonstration.lang, "check_mail"), status=303)
    context |= {"code": code.shown, "size": party.size, "canonical": ""}
    return render(request, "demonstrations/announced.html", context)


def _one_more_step(
    request: HttpRequest, demonstration: ReadDemonstration, form: PledgeForm, asked: AskedForMore
) -> HttpResponse:
    """429: the form as it was filled in, with what else it takes while so much comes from one place."""
    wait = seconds_to_wait()
    context = on_its_page(request, demonstration)
    context |= {"form": form, "language_form": "pledge-form", "hard": asked.hard, "minutes": -(-wait // 60)}
    with saving():
        context["challenge"] = pledge_challenge(demonstration.pk, hard=asked.hard)
    response = render(request, "demonstrations/one_more_step.html", context, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _not_saved(request: HttpRequest, slug: str, form: PledgeForm) -> HttpResponse:
    """The form as it was filled in, to be sent again as it is. Asks the database nothing: it may be away."""
    context = {"form": form, "slug": slug, "language_form": "pledge-form"}
    response = render(request, "demonstrations/not_saved.html", context, status=503)
    response.headers["Retry-After"] = "10"
    return response
