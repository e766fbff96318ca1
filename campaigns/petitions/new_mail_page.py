"""/<lang>/new-mail/: asks for a mail again, by petition and address, and answers the same to everybody.

Like the form to sign, its post carries no CSRF token: without a cookie it has no power that another site could borrow.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from campaigns.limit_rules import AskedForMore, seconds_to_wait
from campaigns.petitions.mail_requests import ask_for_mail
from campaigns.petitions.mailbox_forms import NewMailForm
from campaigns.petitions.mailbox_gate import admit_request, request_challenge
from campaigns.petitions.printed import printed_to_choose
from campaigns.petitions.signable import SigningPetition, open_petition
from campaigns.petitions.token_pages import token_page
from campaigns.saving import saving
from config.cross_site import is_from_elsewhere, refuse_from_elsewhere


@token_page
def new_mail(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST 303 to "look into your mailbox", 422 with the form and its errors, or 429."""
    if request.method != "POST":
        return _form(request, NewMailForm())
    if is_from_elsewhere(request):
        return refuse_from_elsewhere(request, reverse("petitions:new_mail"))
    form = NewMailForm(request.POST)
    petition = _petition(form)
    if petition is None:
        return _form(request, form, status=422)
    try:
        with saving():
            admit_request(request.META, petition, request.POST)
    except AskedForMore:
        return _one_more_step(request, form, petition)
    ask_for_mail(petition, form.cleaned_data["email"])
    page = reverse("petitions:mail_again", args=[form.cleaned_data["petition"]])
    return HttpResponseRedirect(page, status=303)


def _petition(form: NewMailForm) -> SigningPetition | None:
    """The petition of a valid form."""
    if not form.is_valid():
        return None
    petition = open_petition(form.cleaned_data["petition"], get_language())
    if petition is None:
        form.add_error("petition", form.fields["petition"].error_messages["required"])
    return petition


def _one_more_step(request: HttpRequest, form: NewMailForm, petition: SigningPetition) -> HttpResponse:
    """429: the form as it was filled in, with the work that is asked while so many come from one place."""
    wait = seconds_to_wait()
    with saving():
        challenge = request_challenge(petition)
    response = _form(request, form, status=429, mail_challenge=challenge, minutes=-(-wait // 60))
    response.headers["Retry-After"] = str(wait)
    return response


def _form(request: HttpRequest, form: NewMailForm, status: int = 200, **more: object) -> HttpResponse:
    with saving():
        context = {"mail_form": form, "petitions": printed_to_choose(get_language()), "canonical": "", **more}
        return render(request, "petitions/new_mail.html", context, status=status)
