"""The page cache: public pages leave the process here, at the WSGI layer, before Django sees the request.

A view opts in with ``@public_page``. By that it promises the same bytes to everyone, and the cache holds it to it: the
request that fills a page carries no cookie, language, condition or address of the person who asked, nor any query
parameter the view did not declare, and a response that sets a cookie or varies is never kept.

A page is fresh for the seconds its view declares. After that one request renews it while others get the stale copy,
for at most a minute; while the view fails (the database is away) the copy is sent for at most five minutes. A removal
changes a number that is polled each second and clears the cache; what was being filled at that moment is not kept.
"""

from config.page_cache.cache import PageCache, PageIsNotPublic
from config.page_cache.declaration import ParamParser, bounded_int, one_of, public_page

__all__ = ["PageCache", "PageIsNotPublic", "ParamParser", "bounded_int", "one_of", "public_page"]
