"""How the settings of mail are read. Each parser's ValueError says what is wrong without repeating the value."""

from __future__ import annotations

import re
from pathlib import Path

PROVIDERS = ("brevo", "mailgun", "mailjet", "postmark", "sendgrid", "sparkpost")
# A local part holds 64 bytes at most (RFC 5321, 4.5.3.1.1); "+" and the name of a mail take 54 of them.
_BOUNCE_ADDRESS = re.compile(r"[A-Za-z0-9._-]{1,10}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
SHORTEST_SECRET = 20


def parse_bounce_address(text: str) -> str:
    """An address to which `+` and the name of a mail can be added, or nothing."""
    if text and not _BOUNCE_ADDRESS.fullmatch(text):
        raise ValueError("must be an address with at most ten letters before the @, like bounces@act.example.org")
    return text


def parse_maildir(text: str) -> Path | None:
    """The absolute path of a Maildir, or nothing."""
    if text and not Path(text).is_absolute():
        raise ValueError("must be the absolute path of a Maildir")
    return Path(text) if text else None


def parse_provider(text: str) -> str:
    """One of the providers whose reports are understood, or nothing."""
    if text and text not in PROVIDERS:
        raise ValueError(f"must be one of {', '.join(PROVIDERS)}")
    return text


def parse_hook_secret(text: str) -> str:
    """`user:password` of HTTP's basic authentication (RFC 7617), or nothing."""
    if text and (":" not in text.strip(":") or len(text) < SHORTEST_SECRET):
        raise ValueError(f"must be user:password with at least {SHORTEST_SECRET} characters in all")
    return text
