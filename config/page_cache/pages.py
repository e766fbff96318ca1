"""The copies the page cache holds: one page in every encoding, ready to send, and a bounded memory of such pages.

Encodings are chosen by RFC 9110 section 12.5.3, entity tags compared by its section 13.1.2. All encodings are made
once, when a page is filled, so that sending one costs a look-up. A page never changes after it was made.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import brotli  # type: ignore[import-untyped]
from django.utils.http import parse_etags

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HeaderList = list[tuple[str, str]]

BR, GZIP, IDENTITY = "br", "gzip", "identity"
"""The encodings a page is kept in, the best first."""

TOO_SMALL_TO_COMPRESS: Final = 200
LONGEST_ACCEPT_ENCODING: Final = 512
LONGEST_IF_NONE_MATCH: Final = 4096
OVERHEAD_BYTES: Final = 1024
"""Rounded up: what Python's objects of one page take beside its bodies and headers."""

SET_BY_THE_CACHE: Final = frozenset(
    {
        "age",
        "cache-control",
        "connection",
        "content-length",
        "date",
        "etag",
        "expires",
        "keep-alive",
        "pragma",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "vary",
    }
)
"""Headers of a filled response that are not kept: about the connection or the moment, or written by the cache."""

QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


def preferred_encoding(header: str | None) -> str:
    """The encoding to answer an ``Accept-Encoding`` header with: ``br``, ``gzip`` or ``identity``.

    The highest quality wins, between equals the smaller body. ``identity`` is the answer to an absent, an overlong
    and an unsatisfiable header, since such a client is better served than refused.
    """
    if not header or len(header) > LONGEST_ACCEPT_ENCODING:
        return IDENTITY
    asked = _qualities(header)
    others = asked.get("*", 0.0)
    # Not named, identity is acceptable but wanted least, unless "*" refuses whatever is not named.
    plain = asked.get(IDENTITY, others if "*" in asked else 0.0)
    offers = ((asked.get(BR, others), BR), (asked.get(GZIP, others), GZIP), (plain, IDENTITY))
    quality, name = max(offers, key=lambda offer: offer[0])
    return name if quality > 0 else IDENTITY


def _qualities(header: str) -> dict[str, float]:
    asked: dict[str, float] = {}
    for element in header.lower().split(","):
        name, _, weight = element.partition(";")
        label, _, value = weight.partition("=")
        quality = value.strip() if label.strip() == "q" else "" if weight.strip() else "1"
        if QUALITY.fullmatch(quality):
            asked[name.strip().removeprefix("x-")] = float(quality)
    return asked


class Variant(NamedTuple):
    """One encoding of a page. An empty ``etag`` never answers 304."""

    body: bytes
    etag: str
    headers: HeaderList
    unchanged: HeaderList

    def is_held_by(self, if_none_match: str) -> bool:
        """Whether the client that sent this ``If-None-Match`` holds these bytes already (weak comparison)."""
        if not self.etag or len(if_none_match) > LONGEST_IF_NONE_MATCH:
            return False
        tags = parse_etags(if_none_match)
        return tags == ["*"] or self.etag in (tag.removeprefix("W/") for tag in tags)


@dataclass(frozen=True, slots=True)
class Page:
    """A response in every encoding. Times are seconds of the cache's clock, ``weight`` is bytes of memory."""

    status: str
    variants: dict[str, Variant]
    weight: int
    fresh_until: float
    retry_at: float = 0.0
    """Set while the view fails: until then the copy is sent without another try."""

    @property
    def is_failing(self) -> bool:
        """Whether the last try to renew this page failed."""
        return self.retry_at > 0

    def marked_stale(self, retry_at: float) -> Page:
        """The same page to send while its view fails, saying so in ``Cache-Status`` (RFC 9211)."""
        mark = ("Cache-Status", "upstander; hit; detail=stale-on-error")
        if self.is_failing:
            return replace(self, retry_at=retry_at)
        marked = {name: kept._replace(headers=[*kept.headers, mark]) for name, kept in self.variants.items()}
        return replace(self, variants=marked, retry_at=retry_at)

    def send(
        self, environ: WSGIEnvironment, start_response: StartResponse, encoding: str, *, head: bool
    ) -> list[bytes]:
        """Answers one request from this copy: 304 where the client holds it, no body to HEAD."""
        variant = self.variants[encoding]
        if_none_match = environ.get("HTTP_IF_NONE_MATCH")
        if if_none_match is not None and variant.is_held_by(if_none_match):
            start_response("304 Not Modified", variant.unchanged.copy())
            return []
        start_response(self.status, variant.headers.copy())  # the server may change the list it is given
        return [] if head else [variant.body]


def make_page(status: str, headers: HeaderList, body: bytes, cache_control: str, fresh_until: float) -> Page:
    """The page of a response; only a 200 gets entity tags and compressed variants.

    Headers are kept but for ``SET_BY_THE_CACHE``. A body under 200 bytes, one that does not shrink and one that is
    encoded already stays as it is in all variants.
    """
    kept = [(name, value) for name, value in headers if name.lower() not in SET_BY_THE_CACHE]
    kept += [("Cache-Control", cache_control), ("Vary", "Accept-Encoding")]
    found = status.startswith("200")
    plain = _variant(body, IDENTITY, kept, tagged=found)
    variants = dict.fromkeys((BR, GZIP, IDENTITY), plain)
    encoded = any(name.lower() == "content-encoding" for name, _ in kept)
    if found and not encoded and len(body) >= TOO_SMALL_TO_COMPRESS:
        smaller = {BR: brotli.compress(body, quality=5), GZIP: gzip.compress(body, 6, mtime=0)}
        variants |= {name: _variant(b, name, kept, tagged=True) for name, b in smaller.items() if len(b) < len(body)}
    return Page(status, variants, _weight(variants), fresh_until)


def _variant(body: bytes, encoding: str, kept: HeaderList, *, tagged: bool) -> Variant:
    # Over the encoded bytes: a strong tag must differ wherever the bytes do.
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"' if tagged else ""
    headers = [*kept, ("Content-Length", str(len(body)))]
    if encoding != IDENTITY:
        headers.append(("Content-Encoding", encoding))
    if etag:
        headers.append(("ETag", etag))
    unchanged = [header for header in headers if header[0] in ("Cache-Control", "ETag", "Vary")]
    return Variant(body, etag, headers, unchanged)


def _weight(variants: dict[str, Variant]) -> int:
    different = {id(variant): variant for variant in variants.values()}.values()
    headers = sum(len(name) + len(value) for variant in different for name, value in variant.headers)
    return OVERHEAD_BYTES + headers + sum(len(variant.body) for variant in different)


class PageStore:
    """Pages by key, up to ``max_bytes`` and ``max_pages``; the least recently used go first.

    ``get`` may be called from any thread at any time: each step is one operation of OrderedDict, which the
    interpreter's lock makes atomic for keys of built-in types. The other methods need the caller's lock.
    """

    def __init__(self, max_bytes: int, max_pages: int) -> None:
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._max_bytes, self._max_pages = max_bytes, max_pages
        self.weight = 0

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Hashable) -> Page | None:
        """The page under this key, which becomes the most recently used."""
        page = self._pages.get(key)
        if page is None:
            return None
        try:
            self._pages.move_to_end(key)
        except KeyError:  # dropped by another thread between the two steps; the page itself is still good
            return page
        return page

    def put(self, key: Hashable, page: Page) -> None:
        """Keeps a page, dropping others for it; the bounds hold on return."""
        self.drop(key)
        self._pages[key] = page
        self.weight += page.weight
        while self.weight > self._max_bytes or len(self._pages) > self._max_pages:
            self.weight -= self._pages.popitem(last=False)[1].weight

    def drop(self, key: Hashable) -> None:
        """Forgets the page under this key, if there is one."""
        page = self._pages.pop(key, None)
        if page is not None:
            self.weight -= page.weight

    def clear(self) -> None:
        """Forgets every page."""
        self._pages.clear()
        self.weight = 0
