"""The pages behind a mail's link to confirm: a button, what came of it, and a new link where the old one is too old."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language

from campaigns.demonstrations.confirming import confirm, send_again, waiting_behind
from campaigns.demonstrations.demonstration_page import on_its_page
from campaigns.demonstrations.demonstration_reading import demonstration_by_id
from campaigns.demonstrations.own_pages import show_own
from campaigns.demonstrations.private_pages import no_such_link, private, private_page

TEMPLATES = {
    "waiting": "demonstrations/confirm.html",
    "late": "demonstrations/late_link.html",
    "already": "demonstrations/used_link.html",
}


@private_page
def confirm_pledge(request: HttpRequest, token: str = "") -> HttpResponse:
    """GET shows the demonstration and one button; POST confirms, once."""
    if request.method == "POST":
        return _confirm(request, token)
    found = waiting_behind(token)
    if found is None:
        return no_such_link(request)
    return _page(request, TEMPLATES[found.standing], found.demonstration_id, token)


@private_page
def send_link_again(request: HttpRequest, token: str) -> HttpResponse:
    """A new mail to the mailbox that the old link came from."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("demonstrations:confirm", args=[token]), status=303)
    demonstration_id = send_again(token)
    if demonstration_id is None:
        return no_such_link(request)
    return _page(request, "demonstrations/link_on_its_way.html", demonstration_id, token)


def _confirm(request: HttpRequest, token: str) -> HttpResponse:
    done = confirm(token)
    if done is None:
        return no_such_link(request)
    if done.own is not None:
        return show_own(request, done.own, done.own_link, happened=done.status)
    if done.status == "late":
        return _page(request, TEMPLATES["late"], done.demonstration_id, token)
    return _page(request, "demonstrations/not_open.html", done.demonstration_id, token, status=409)


def _page(request: HttpRequest, template: str, demonstration_id: int, token: str, status: int = 200) -> HttpResponse:
    demonstration = demonstration_by_id(demonstration_id, get_language())
    if demonstration is None:  # taken off the site
        return no_such_link(request)
    return private(request, template, {**on_its_page(request, demonstration), "token": token}, status=status)
