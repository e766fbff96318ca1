"""/<lang>/new-mail/: asks for a mail again, by petition and address, and answers the same to everybody.

Like the form to sign, its post carries no CSRF token: without a cookie it has no power that another site could borrow.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from campaigns.petitions.mail_requests import ask_for_mail
from campaigns.petitions.mailbox_forms import NewMailForm
from campaigns.petitions.printed import printed_in_order
from campaigns.petitions.refusals import saving
from campaigns.petitions.signable import SigningPetition, open_petition
from campaigns.petitions.token_pages import token_page
from config.cross_site import is_from_elsewhere, refuse_from_elsewhere


@token_page
def new_mail(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST 303 to "look into your mailbox", or 422 with the form and its errors."""
    if request.method != "POST":
        return _form(request, NewMailForm())
    if is_from_elsewhere(request):
        return refuse_from_elsewhere(request, reverse("petitions:new_mail"))
    form = NewMailForm(request.POST)
    petition = _petition(form)
    if petition is None:
        return _form(request, form, status=422)
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


def _form(request: HttpRequest, form: NewMailForm, status: int = 200) -> HttpResponse:
    with saving():
        context = {"mail_form": form, "petitions": printed_in_order(get_language()), "canonical": ""}
        return render(request, "petitions/new_mail.html", context, status=status)
