"""Pages in parts: of very many findings a theme or a place shows a hundred at a time, each part at its own address."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.paginator import EmptyPage, Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _

from campaigns.pages.report_page import unknown_choice
from campaigns.public_objects import OfferedChoice

PER_PART: Final = 100
MOST_PARTS: Final = 999

Part = Page[Any]
"""Which part is shown, and how many there are."""


def part_number(value: str) -> str | None:
    """The parameter `page`: a number above 1; None for the first part, which is the page itself; "-" where there can
    be no such part."""
    if not value:
        return None
    number = int(value) if value.isascii() and value.isdecimal() and len(value) <= 4 else 0
    if not 1 <= number <= MOST_PARTS:
        return "-"
    return str(number) if number > 1 else None


def asked_part(request: HttpRequest) -> int:
    """The number of the part that is asked for. Raises EmptyPage where there can be none."""
    asked = request.GET.get("page", "1")
    if asked == "-":
        raise EmptyPage
    return int(asked)


def part_of(total: int, number: int | None) -> Part:
    """A part of so many findings, or all of them as one. Raises EmptyPage where they have no such part."""
    return Paginator(range(total), PER_PART if number else max(total, 1)).page(number or 1)


def bounds(number: int | None) -> slice:
    """Which findings make up a part; all of them for None."""
    return slice((number - 1) * PER_PART, number * PER_PART) if number else slice(None)


def part_address(request: HttpRequest, part: Part) -> dict[str, str]:
    """For the context: the absolute address of a part after the first one, which is not that of the whole page."""
    if part.number == 1:
        return {}
    return {"canonical": f"{settings.ORIGIN}{escape_uri_path(request.path)}?page={part.number}"}


def no_such_part(request: HttpRequest) -> HttpResponse:
    """400, with the way to the first part."""
    return unknown_choice(request, _("This page has no such part."), [OfferedChoice(_("Its first part"), request.path)])
