"""Finding one page of each kind by following links, as a visitor would."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections import deque
from urllib.parse import unquote, urljoin, urlsplit

MOST = 400
LINK = re.compile(r"""<a\s[^>]*href="([^"#?]+)""")
LANGUAGES = ("en", "fr", "nl", "es", "ar")
LEFT_OUT = ("/desk", "/accounts", "/static", "/media", "/data", "/demo")


def kind(path: str) -> str:
    """`/en/themes/x/` and `/en/themes/y/` are pages of one kind."""
    parts = path.strip("/").split("/")
    return "/".join([*parts[:2], "…"]) if len(parts) > 2 else "/".join(parts)


def find_pages(base: str) -> dict[str, str]:
    """The first page found of each kind and language, by name; breadth first, a bounded number of requests."""
    queue = deque(f"{base}/{language}/" for language in LANGUAGES)
    found: dict[str, str] = {}
    seen = set(queue)
    fetched = 0
    while queue and fetched < MOST:
        url = queue.popleft()
        name = kind(unquote(urlsplit(url).path))
        if name in found:
            continue
        fetched += 1
        html = _page(url)
        if html is None:
            continue
        found[name] = url
        for link in LINK.findall(html):
            target = urljoin(url, link.replace("&amp;", "&"))
            parts = urlsplit(target)
            inside = target.startswith(f"{base}/") and not parts.path.startswith(LEFT_OUT)
            if inside and target not in seen:
                seen.add(target)
                queue.append(target)
    return found


def _page(url: str) -> str | None:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            if "text/html" not in answer.headers["Content-Type"]:
                return None
            return str(answer.read().decode("utf-8"))
    except urllib.error.HTTPError:
        return None
