"""The page behind the last link of every mail: no more mail to this mailbox, and the way back.

Asked with GET it changes nothing and tells nothing, as mail scanners follow links: it looks the same whether mail was
stopped before or not. The link belongs to the mailbox and needs no signature, so it works for as long as its key.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override

from campaigns.petitions.token_pages import no_such_link, token_page
from campaigns.saving import saving
from campaigns.suppression import Reason, allow, digest_behind, suppress


@token_page
def no_more_mail(request: HttpRequest, token: str = "") -> HttpResponse:
    """One button; its POST stops every mail of this site to the mailbox."""
    return _act(
        request, token, lambda digest: suppress(digest, Reason.ASKED, timezone.now()), "pages/mail_stopped.html"
    )


@token_page
def mail_again(request: HttpRequest, token: str = "") -> HttpResponse:
    """POST: mail may come again."""
    return _act(request, token, allow, "pages/mail_allowed.html")


def _act(request: HttpRequest, token: str, act: Callable[[bytes], None], done: str) -> HttpResponse:
    digest = digest_behind(token)
    if digest is None:
        return no_such_link(request)
    context = {"canonical": "", "stop_url": _url("stop", token), "again_url": _url("again", token)}
    if request.method != "POST":
        return render(request, "pages/no_more_mail.html", context)
    with saving():
        act(digest)
    return render(request, done, context)


def _url(name: str, token: str) -> str:
    with override(get_language()):
        return reverse(f"mail:{name}", args=[token])
