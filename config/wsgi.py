"""What the web server runs: the page cache in front of Django."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

_django = get_wsgi_application()

connections.settings["default"]["STATEMENT_SECONDS"] = settings.WEB_STATEMENT_SECONDS

from campaigns.keystore import KeystoreError, check_keystore
from campaigns.limit_counting import counts
from campaigns.petitions.allowed_networks import learn_allowed
from campaigns.petitions.confirm_rates import learn_unconfirmed
from campaigns.petitions.flood_incidents import write_notes
from config.admission import Admission, Line
from config.body_gate import BodyGate
from config.desk_host import DeskHost
from config.metrics import PROCESSES, pool_numbers
from config.page_cache import PageCache
from config.process_numbers import ProcessNumbers
from config.regular_work import RegularWork, started_at_request
from config.security import behind_tls
from config.short_way import ShortWay
from reports.editorial.embargoes import learn_next_release, seconds_to_release
from reports.editorial.removals import page_generation

try:
    check_keystore()  # a petition whose secrets cannot be opened must stop the start, not the first signer
except KeystoreError as problem:
    raise SystemExit(f"upstander: {problem}") from None

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def kept_pages(
    django: WSGIApplication,
    generation: Callable[[], int] | None = None,
    works: Sequence[RegularWork] = (),
    line: Line | None = None,
) -> PageCache:
    """The page cache and what stands behind it. ``works`` start with the first request that it does not answer."""
    admitted = Admission(started_at_request(ShortWay(django), works), line=line)
    return PageCache(admitted, hosts=settings.PUBLIC_HOSTS, generation=generation, release=seconds_to_release)


def in_front_of(cache: PageCache) -> WSGIApplication:
    """What every request meets first. A copy is sent before the gates: they judge a request for a page by its method
    and address alone, and let it in when the copy was made."""
    gated = BodyGate(DeskHost(cache))

    def site(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kept = cache.send_kept(environ, start_response)
        return gated(environ, start_response) if kept is None else kept

    return behind_tls(site) if settings.SECURE else site


def _tell_numbers() -> None:
    _numbers.tell()


# What each process counts is shared with the others, and what goes on elsewhere is learnt, once a second. Statistics
# have a thread of their own: one that has to wait must not keep a limit or a release from being learnt.
_limits = RegularWork([counts.share, learn_allowed, learn_unconfirmed, learn_next_release], seconds=1.0, name="limits")
_statistics = RegularWork([write_notes, _tell_numbers], seconds=1.0, name="statistics")
_line = Line()
_cache = kept_pages(_django, page_generation, [_limits, _statistics], _line)
_numbers = ProcessNumbers(PROCESSES, _cache.numbers, _line.numbers, pool_numbers)
application = in_front_of(_cache)
