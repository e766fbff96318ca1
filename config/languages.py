"""The language of an answer: the first part of a public path decides; elsewhere the browser's wish."""

from typing import Any

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class PathLanguage(LocaleMiddleware):
    """Django's middleware, but an answer varies by the browser's language only where a view says so itself.

    Addresses without a language (logs, data, feeds) are the same bytes for everyone and may be cached as such.
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Name the language; leave `Vary` to the view."""
        response.headers.setdefault("Content-Language", translation.get_language())
        return response
