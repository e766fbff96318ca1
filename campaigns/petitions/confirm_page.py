"""The pages behind a mail's link to confirm: a button, and what its owner may do once it was pressed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.petitions.asking import Asks
from campaigns.petitions.check_mail_page import consent_to_ask
from campaigns.petitions.confirming import Confirmation, confirm, confirm_person, waiting_behind
from campaigns.petitions.correcting import add_person, correct
from campaigns.petitions.country_select import country_name
from campaigns.petitions.kept_answer import answered
from campaigns.petitions.mailing_again import mail_once_more
from campaigns.petitions.printed import Printed, printed_by_id
from campaigns.petitions.refusals import NameTaken
from campaigns.petitions.signing_form import OwnForm, PersonForm, own_form, whole_number
from campaigns.petitions.token_pages import no_such_link, token_page

# The same page whether it counts from now on or did before: pressing the button twice does no harm and says so.
TEMPLATES = {
    "confirmed": "petitions/confirmed.html",
    "already": "petitions/confirmed.html",
    "held": "petitions/held.html",
    "choose": "petitions/choose_person.html",
    "removed": "petitions/taken_out.html",
}


@token_page
def confirm_signature(request: HttpRequest, token: str = "") -> HttpResponse:
    """GET shows the petition and one button; POST confirms, as often as one likes."""
    if request.method == "POST":
        confirmed = confirm(token, whole_number(request.POST.get("updates")))
        return no_such_link(request) if confirmed is None else answered(request, token, confirmed, answer)
    found = waiting_behind(token)
    if found is None:
        return no_such_link(request)
    printed = printed_by_id(found.petition_id, get_language())
    return _render(request, "petitions/confirm.html", {"printed": printed, "consent": found.consent})


@token_page
def confirm_this_person(request: HttpRequest, token: str) -> HttpResponse:
    """One of several who wait in the mailbox."""
    if request.method != "POST":
        return _to_button(token)
    signature_id = whole_number(request.POST.get("signature"))
    consent_id = whole_number(request.POST.get("updates"))
    return answer(request, confirm_person(token, -1 if signature_id is None else signature_id, consent_id))


@token_page
def confirm_other_person(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody of this mailbox who is not among those who wait: signed and confirmed in one go."""
    if request.method != "POST":
        return _to_button(token)
    form = OwnForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        return answer(request, add_person(token, said["name"], said["country"], said["updates"]))
    return _ask_again(request, token, form, "petitions/add_person.html")


@token_page
def correct_signature(request: HttpRequest, token: str) -> HttpResponse:
    """Name, country and consent as the owner of the mailbox wants them; what the form does not ask stays as it is."""
    if request.method != "POST":
        return _to_button(token)
    form = own_form(Asks.seen_in(request.POST))(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            changed = correct(
                token,
                -1 if said["signature"] is None else said["signature"],
                name=said.get("name"),
                country=said["country"],
                consent_id=said["updates"],
            )
            return answer(request, changed, happened="corrected")
        except NameTaken:
            form.add_error("name", _("Another signature of this mailbox bears this name already."))
    return _ask_again(request, token, form, "petitions/correct.html")


@token_page
def mail_links_again(request: HttpRequest, token: str) -> HttpResponse:
    """The one mail that no post can use up, for whoever has the link of an earlier one."""
    if request.method != "POST":
        return _to_button(token)
    found, sent = mail_once_more(token)
    return answer(request, found, "mailed" if sent else "mailed_before")


def _to_button(token: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("petitions:confirm", args=[token]), status=303)


def answer(request: HttpRequest, found: Confirmation | None, happened: str = "") -> HttpResponse:
    """What came of a POST. From here on the reader has proven the mailbox, so names may be told, and the forms of what
    follows carry the link. `happened`: corrected, mailed or mailed_before."""
    if found is None:
        return no_such_link(request)
    printed = printed_by_id(found.petition_id, get_language())
    context = {
        "printed": printed,
        "found": found,
        "token": found.confirm_token,
        "consent": None if printed is None else consent_to_ask(printed),
        "country": country_name(found.own.country, get_language()),
        "form": own_form(_asks(printed))(typed={"name": found.own.name, "country": found.own.country}),
        "blank_form": OwnForm(),
        "happened": happened,
    }
    return _render(request, TEMPLATES[found.status], context)


def _ask_again(request: HttpRequest, token: str, form: PersonForm, template: str) -> HttpResponse:
    waiting = waiting_behind(token)
    if waiting is None:
        return no_such_link(request)
    printed = printed_by_id(waiting.petition_id, get_language())
    context = {
        "printed": printed,
        "token": token,
        "form": form,
        "consent": waiting.consent,
        "consented": bool(form.data.get("updates")),
        "signature_id": form.data.get("signature", ""),
    }
    return _render(request, template, context, status=422)


def _asks(printed: Printed | None) -> Asks:
    return Asks() if printed is None else Asks.of(printed.petition)


def _render(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, {"canonical": "", **context}, status=status)
