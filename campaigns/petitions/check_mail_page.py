"""The page after signing: the same for everybody, and the same when nobody signed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from campaigns.mail_letters import sender_address
from campaigns.petitions.consent import ConsentText, current_consent
from campaigns.petitions.mailbox_forms import CodeForm, NewMailForm
from campaigns.petitions.printed import PETITIONS, Printed, find_printed
from campaigns.public_objects import no_such
from config.page_cache import public_page


@public_page(10)
def check_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """One next step: open the mail. Below it, for whom that is not enough, the code and a new mail."""
    return _page(request, slug, "check_mail")


@public_page(10)
def mail_again(request: HttpRequest, slug: str) -> HttpResponse:
    """The same after asking for a new mail: whether one comes, only the mailbox tells."""
    return _page(request, slug, "mail_again")


def consent_to_ask(printed: Printed) -> ConsentText | None:
    """The wording beside the box for news, in the language of the page or else the petition's; none in safe mode, where
    no address stays."""
    if printed.petition.safe_mode:
        return None
    organisation_id = printed.petition.campaign.organisation_id
    return current_consent(organisation_id, [printed.lang, printed.petition.original_lang, "en"])


def _page(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    printed = find_printed(slug, get_language())
    if printed is None:
        return no_such(request, PETITIONS, slug)
    request.alternates = {code: printed.url_in(code, name) for code in printed.alternates}  # type: ignore[attr-defined]
    context = {
        "printed": printed,
        "asked_again": name == "mail_again",
        "sender": sender_address(settings.SAFE_FROM_EMAIL if printed.petition.safe_mode else ""),
        "form": CodeForm(),
        "mail_form": NewMailForm(slug=printed.text.slug),
        "consent": consent_to_ask(printed),
    }
    return render(request, "petitions/check_mail.html", context)
