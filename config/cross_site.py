"""Posts from elsewhere: whether another site made a browser send a form of ours.

Public forms carry no cookie and no token, because they need none: what anyone may do from anywhere, another site gains
nothing by doing. What remains is a page that makes its visitors sign without knowing, so what is positively from
another site is refused, and whatever a careful browser or an old one leaves out is no reason to refuse.

Sources: W3C Fetch Metadata Request Headers (Sec-Fetch-Site), RFC 6454 section 7 (Origin).
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

OTHER_SITES = frozenset({"cross-site", "same-site"})
OWN_SITE = frozenset({"same-origin", "none"})


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser says that another site sent this. A neighbour under the same domain is another site too.

    Sec-Fetch-Site decides where it says something known; else an Origin that is there, is not ``null`` and not ours.
    """
    site = request.META.get("HTTP_SEC_FETCH_SITE", "").strip().lower()
    if site in OTHER_SITES | OWN_SITE:
        return site in OTHER_SITES
    origin = request.META.get("HTTP_ORIGIN", "").strip().lower()
    return origin not in {"", "null"} and not _is_ours(request, origin)


def _is_ours(request: HttpRequest, origin: str) -> bool:
    """Whether it is an address of this site: one of the settings, or the one that was asked, whose host is checked."""
    return origin in settings.OUR_ORIGINS or origin == f"{request.scheme}://{request.get_host()}".lower()


def refuse_from_elsewhere(request: HttpRequest, page: str) -> HttpResponse:
    """403, readable, with the way back to our own page of that form. Nothing was read or stored."""
    response = render(request, "403_elsewhere.html", {"page": page}, status=403)
    response.headers["Cache-Control"] = "no-store"
    return response
