"""What only the operator may see over HTTP: whoever sends the token of the setting, as a bearer token (RFC 6750, 2.1).

Anybody else is told that there is nothing. How much waits, and since when, tells over time when people sign.
"""

from __future__ import annotations

import hmac
from typing import Final

from django.conf import settings
from django.http import HttpRequest

SCHEME: Final = "bearer "


def is_operator(request: HttpRequest) -> bool:
    """Whether the request holds the token. Without a token in the settings nobody is; the comparison takes no hints."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not settings.METRICS_TOKEN or not header.lower().startswith(SCHEME):
        return False
    sent = header[len(SCHEME) :].strip().encode("latin-1", "replace")
    return hmac.compare_digest(sent, settings.METRICS_TOKEN.encode())
