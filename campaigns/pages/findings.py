"""Addresses of findings below a language."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from campaigns.pages.finding_page import FindingPage, read_finding_page, was_removed
from campaigns.pages.report_page import Step, above, address, removed, report_page
from campaigns.pages.structured_data import finding_report
from reports.citations import FORMS
from reports.editorial.uids import normalise_uid


@report_page
def finding(request: HttpRequest, uid: str) -> HttpResponse:
    """The finding in its newest wording."""
    return _answer(request, "pages:finding", uid)


@report_page
def version(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    """The finding as it was worded in one of its states."""
    return _answer(request, "pages:finding_version", uid, number)


@report_page
def cite(request: HttpRequest, uid: str, number: int, ending: str) -> HttpResponse:
    """One wording as a citation, to keep as a file."""
    page = read_finding_page(normalise_uid(uid) or "", get_language() or "en", number)
    if page is None or ending not in FORMS:
        raise Http404
    form = FORMS[ending]
    response = HttpResponse(form.write(page.citation), content_type=f"{form.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="finding-{page.finding.uid}-v{number}.{ending}"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, route: str, uid: str, *number: int) -> HttpResponse:
    """A uid that was read out or copied with O, I, L or capitals leads to the right spelling."""
    lang = get_language() or "en"
    folded = normalise_uid(uid)
    if folded and folded != uid:
        return HttpResponsePermanentRedirect(address(lang, route, folded, *number))
    page = read_finding_page(uid, lang, *number) if folded else None
    if page is None:
        return removed(request) if folded and was_removed(uid) else _missing(request)
    context = {"page": page, "cite": _cite(page), "trail": _trail(page), "structured": [finding_report(page)]}
    return render(request, "pages/finding.html", context)


def _cite(page: FindingPage) -> dict[str, object]:
    """The citation in full, and the addresses of its other forms."""
    return {"text": FORMS["txt"].write(page.citation), "forms": FORMS.values()}


def _trail(page: FindingPage) -> list[Step]:
    """The themes, and the one that is the finding's home."""
    homes = [Step(theme.title, reverse("pages:theme", args=[theme.slug])) for theme in page.themes[:1]]
    return [*above("pages:themes"), *homes]


def _missing(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/missing_finding.html", status=404)
