"""Addresses of findings below a language."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.pages.finding_page import FindingPage, read_finding_page
from campaigns.pages.report_page import Step, above, report_page
from campaigns.pages.structured_data import finding_report
from campaigns.public_objects import COMPARE_NUMBER, Instead, Kind, OfferedChoice, answer
from reports.citations import FORMS
from reports.editorial.uids import normalise_uid
from reports.models import Finding


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
    return answer(request, FINDINGS, uid, route, lambda page: _page(request, page), *number)


def _page(request: HttpRequest, page: FindingPage) -> HttpResponse:
    context = {"page": page, "cite": _cite(page), "trail": _trail(page), "structured": [finding_report(page)]}
    return render(request, "pages/finding.html", context)


def _cite(page: FindingPage) -> dict[str, object]:
    """The citation in full, and the addresses of its other forms."""
    return {"text": FORMS["txt"].write(page.citation), "forms": FORMS.values()}


def _trail(page: FindingPage) -> list[Step]:
    """The themes, and the one that is the finding's home."""
    homes = [Step(theme.title, reverse("pages:theme", args=[theme.slug]), theme.lang) for theme in page.themes[:1]]
    return [*above("pages:themes"), *homes]


def _offered(_lang: str) -> list[OfferedChoice]:
    return [OfferedChoice(_("All themes"), reverse("pages:themes"))]


FINDINGS: Final = Kind(
    find=read_finding_page,
    name_in=lambda page, _lang: page.finding.uid,
    state_of=lambda page: page.finding.state,
    was_removed=lambda uid, _lang: Finding.objects.gone().filter(uid=uid).exists(),
    spell=normalise_uid,
    missing=Instead(
        title=_("No such finding"),
        heading=_("There is no finding with this number"),
        happened=_(
            "A number has ten letters and digits, and perhaps a version. It may be mistyped or cut off, or the finding "
            "is not public yet."
        ),
        hint=COMPARE_NUMBER,
        look=_("Look for the finding on the page of its theme:"),
        offered=_offered,
    ),
)
