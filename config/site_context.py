"""What every template may use without asking the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.translation import get_language, get_language_info

LANGUAGE_CODES = [code for code, _ in settings.LANGUAGES]


@dataclass(frozen=True)
class LanguageLink:
    """The page at hand in one language, under that language's own name."""

    code: str
    name: str
    dir: str
    url: str
    current: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """`languages`, `demo`, `site_name`, `canonical` (absolute address of this page, without a query)."""
    return {
        "site_name": "Upstander",
        "demo": settings.DEMO,
        "origin": settings.ORIGIN,
        "exit_url": settings.EXIT_URL,
        "canonical": f"{settings.ORIGIN}{escape_uri_path(request.path)}",
        "languages": [_link(request, code) for code in LANGUAGE_CODES],
    }


def _link(request: HttpRequest, code: str) -> LanguageLink:
    info = get_language_info(code)
    return LanguageLink(
        code=code,
        name=info["name_local"],
        dir="rtl" if info["bidi"] else "ltr",
        url=_address(request, code),
        current=code == get_language(),
    )


def _address(request: HttpRequest, code: str) -> str:
    """A view whose slug differs by language sets `request.alternates`; elsewhere only the first part changes."""
    alternates: dict[str, str] = getattr(request, "alternates", {})
    if code in alternates:
        return alternates[code]
    first, _, rest = request.path.removeprefix("/").partition("/")
    return f"/{code}/{rest}" if first in LANGUAGE_CODES else f"/{code}/"
