"""/<lang>/pledges/: where the owner of a pledge comes with a code or a mail's link, to see, change or withdraw it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.demonstrations.demonstration_reading import demonstration_by_id
from campaigns.demonstrations.own_pledge import OwnPledge, change, own_pledge, withdraw
from campaigns.demonstrations.pledge_form import CodeForm, PartyForm
from campaigns.demonstrations.private_pages import no_such_link, private, private_page

LONGEST_AUTHORITY = 60


@private_page
def ask_for_code(request: HttpRequest) -> HttpResponse:
    """GET asks for the code; POST with it shows the pledge, or asks again with 422."""
    if request.method != "POST":
        return private(request, "demonstrations/own_code.html", {"form": CodeForm()})
    form = CodeForm(request.POST)
    found = own_pledge(form.cleaned_data["code"]) if form.is_valid() else None
    if found is not None:
        return show_own(request, found, form.cleaned_data["code"])
    if not form.errors:
        form.add_error("code", _("We know no pledge with this code. Compare it sign by sign with what you wrote down."))
    return private(request, "demonstrations/own_code.html", {"form": form}, status=422)


@private_page
def behind_link(request: HttpRequest, token: str) -> HttpResponse:
    """A mail's link: one button, which shows the pledge. Whether the link is good is told only by the button."""
    return private(request, "demonstrations/own_link.html", {"authority": token[:LONGEST_AUTHORITY]})


@private_page
def change_pledge(request: HttpRequest) -> HttpResponse:
    """Another size or nickname."""
    if request.method != "POST":
        return _to_form()
    authority = _authority(request)
    form = PartyForm(request.POST)
    if not form.is_valid():
        found = own_pledge(authority)
        return no_such_link(request) if found is None else show_own(request, found, authority, form=form, status=422)
    changed = change(authority, form.cleaned_data["size"], form.cleaned_data["nickname"])
    if changed is None:
        return no_such_link(request)
    return show_own(request, changed, authority, happened="changed")


@private_page
def withdraw_pledge(request: HttpRequest) -> HttpResponse:
    """Delete it. A second press finds nothing any more and says so."""
    if request.method != "POST":
        return _to_form()
    demonstration_id = withdraw(_authority(request))
    if demonstration_id is None:
        return no_such_link(request)
    demonstration = demonstration_by_id(demonstration_id, get_language())
    return private(request, "demonstrations/withdrawn.html", {"demonstration": demonstration})


def show_own(
    request: HttpRequest,
    found: OwnPledge,
    authority: str,
    *,
    form: PartyForm | None = None,
    happened: str = "",
    status: int = 200,
) -> HttpResponse:
    """The pledge, with the forms to change and withdraw it. `happened`: changed, confirmed or already."""
    context: dict[str, Any] = {
        "own": found,
        "authority": authority,
        "form": form or PartyForm(typed={"size": found.size, "nickname": found.nickname}),
        "happened": happened,
        "demonstration": demonstration_by_id(found.demonstration_id, get_language()),
    }
    return private(request, "demonstrations/own_pledge.html", context, status=status)


def _authority(request: HttpRequest) -> str:
    return request.POST.get("code", "")[:LONGEST_AUTHORITY]


def _to_form() -> HttpResponse:
    return HttpResponseRedirect(reverse("demonstrations:own"), status=303)
