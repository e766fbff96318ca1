"""What is new, as Atom (RFC 4287), in pages (RFC 5005, section 3) and in every language.

Ids are `tag:` URIs (RFC 4151) that stay when an address changes. An entry's `updated` moves only when what it says was
corrected: a slip of the pen makes no reader's program speak up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from campaigns.pages.report_page import FRESH_SECONDS
from config.page_cache import public_page
from reports.corrections import ReadCorrection

P = ParamSpec("P")

FIRST_DAY: Final = "2026-01-01"  # from this day on the tags below our host are ours to give
PER_PAGE: Final = 50
MEDIA_TYPE: Final = "application/atom+xml"
_NOT_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Entry:
    """One piece of news, of a day. `corrections` are those of the words it tells."""

    day: date
    tag: str
    title: str
    text: str
    url: str
    corrections: list[ReadCorrection] = field(default_factory=list)

    @property
    def published(self) -> datetime:
        """Its day, at noon: nobody knows more."""
        return datetime.combine(self.day, time(12), UTC)

    @property
    def updated(self) -> datetime:
        """When its words were last corrected, else when it was published."""
        return max([self.published, *(one.at for one in self.corrections)])


@dataclass(frozen=True)
class Head:
    """What a feed is about: its identity, its words, its page and itself in a language."""

    tag: str
    title: str
    text: str
    page: str
    feed_in: Callable[[str], str]


class Feed(Atom1Feed):
    """Django's, with the links to the feed's other pages and languages; the same bytes until there is news."""

    def latest_post_date(self) -> datetime:
        """When its newest entry was new; without any, a day that stays: Django's would say that it changed just now."""
        return (
            super().latest_post_date() if self.items else datetime.combine(date.fromisoformat(FIRST_DAY), time(), UTC)
        )

    def add_root_elements(self, handler: Any) -> None:
        """Those links besides its own."""
        super().add_root_elements(handler)
        for attributes in self.feed["links"]:
            handler.addQuickElement("link", "", {"type": MEDIA_TYPE, **attributes})


def feed_page(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A feed, the same for everyone. A page that is no number is told (400) and not taken for the first."""

    @public_page(FRESH_SECONDS, params={"page": lambda typed: typed})
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        number_of(request)
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return answer


def number_of(request: HttpRequest) -> int:
    """The page asked for. Raises BadRequest."""
    typed = request.GET.get("page", "1")
    if not _NUMBER.fullmatch(typed):
        raise BadRequest("a page of a feed is a number")
    return int(typed)


def part(request: HttpRequest) -> slice:
    """Of all entries those that stand on the page asked for, and one more that tells whether others follow."""
    first = (number_of(request) - 1) * PER_PAGE
    return slice(first, first + PER_PAGE + 1)


def newest_first(entries: Iterable[Entry], request: HttpRequest) -> list[Entry]:
    """The part of these entries that was asked for."""
    return sorted(entries, key=lambda entry: (entry.day, entry.tag), reverse=True)[part(request)]


def write_feed(request: HttpRequest, head: Head, entries: list[Entry], lang: str) -> HttpResponse:
    """The feed with these entries, at most one more than a page holds. Raises Http404 past its end."""
    number = number_of(request)
    if number > 1 and not entries:
        raise Http404
    feed = Feed(
        title=xml_text(head.title),
        link=settings.ORIGIN + head.page,
        description=xml_text(head.text),
        language=lang,
        feed_url=_at(head.feed_in(lang), number),
        feed_guid=head.tag,
        links=[*_pages(head.feed_in(lang), number, more=len(entries) > PER_PAGE), *_languages(head, lang)],
    )
    for entry in entries[:PER_PAGE]:
        feed.add_item(
            title=xml_text(entry.title),
            link=settings.ORIGIN + entry.url,
            description=xml_text(entry.text),
            unique_id=entry.tag,
            pubdate=entry.published,
            updateddate=entry.updated,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=f"{MEDIA_TYPE}; charset=utf-8")


def _pages(url: str, number: int, *, more: bool) -> list[dict[str, str]]:
    links = [{"rel": "first", "href": _at(url, 1)}]
    if number > 1:
        links.append({"rel": "previous", "href": _at(url, number - 1)})
    if more:
        links.append({"rel": "next", "href": _at(url, number + 1)})
    return links


def _languages(head: Head, lang: str) -> list[dict[str, str]]:
    others = [code for code, _name in settings.LANGUAGES if code != lang]
    return [{"rel": "alternate", "hreflang": code, "href": _at(head.feed_in(code), 1)} for code in others]


def _at(url: str, number: int) -> str:
    return settings.ORIGIN + (url if number == 1 else f"{url}?page={number}")


def tag(kind: str, name: str) -> str:
    """The identity of an entry, whatever its address."""
    return f"tag:{urlsplit(settings.ORIGIN).hostname},{FIRST_DAY}:{kind}:{name}"


def xml_text(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)
