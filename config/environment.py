"""Settings from the environment and `.env`, checked before anything else runs.

A missing required setting, an unknown key in `.env` or an unknown `UPSTANDER_*` variable ends the start with one
line that names it and exit status 1: `SettingError` is a `SystemExit`, so neither `manage.py` nor a web worker
prints a traceback.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import environ

from config import keys

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent

HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
BEARER = re.compile(r"[A-Za-z0-9._~+/-]{32,256}=*")

# Every name the environment may hold for us, with what it is for (shown when it is missing).
KNOWN = {
    "SECRET_KEY": "signs the sessions of staff; make one with `manage.py generate_keys`",
    "ALLOWED_HOSTS": "host names the site answers to, separated by commas",
    "DATABASE_URL": "postgres://user:password@host:5432/name; without it the embedded database is used",
    "DATABASE_DIRECT_URL": "the same database past a connection pooler, for what listens or locks",
    "DATABASE_POOL_SIZE": "connections each process may hold (default 8)",
    "EMAIL_URL": "smtp+tls://user:password@host:587 or smtp://host:25",
    "DEFAULT_FROM_EMAIL": "sender of every mail, for example `Our name <petitions@example.org>`",
    "UPSTANDER_SAFE_FROM_EMAIL": "sender of the mails of petitions in safe mode (default: that of every mail, unnamed)",
    "UPSTANDER_EXIT_URL": "where the button to leave a page of safe mode leads (default https://www.google.com/)",
    "UPSTANDER_DATA_LICENCE": "licence of the site's own words as open data: CC-BY-4.0, CC-BY-SA-4.0 or CC0-1.0",
    "UPSTANDER_SECOND_EYES": "1: nobody approves at the desk what they wrote last",
    "UPSTANDER_PROCESSES": "web and worker processes in all, for checking the database's connections (default 4)",
    "TRUSTED_PROXIES": "networks of the proxies in front of the site, like `127.0.0.1, 10.0.0.0/8`",
    "UPSTANDER_LIMIT_SOFT": "posts an hour from one network to one petition, before more is asked (default 30)",
    "UPSTANDER_LIMIT_HARD": "posts an hour, before only a proof of work passes (default 600)",
    "UPSTANDER_LIMIT_PETITION": "posts an hour to one petition from everywhere, before more is asked (default 100000)",
    "UPSTANDER_LIMIT_CONFIRMED": "per cent of mails confirmed, below which more is asked; 0: never (default 5)",
    "UPSTANDER_PROOF_COST": "how much work a proof of work is, in rounds of PBKDF2 a try (default 4000)",
    "UPSTANDER_MAIL_RATE": "mails a second that each worker sends at most (default 10)",
    "UPSTANDER_BOUNCE_ADDRESS": "where undelivered mail returns to, for example `bounces@act.example.org`",
    "UPSTANDER_BOUNCE_MAILDIR": "the Maildir that undelivered mail is delivered into",
    "UPSTANDER_MAIL_PROVIDER": "reports bounces by webhook: brevo, mailgun, mailjet, postmark, sendgrid or sparkpost",
    "UPSTANDER_MAIL_HOOK_SECRET": "user:password that the mail provider's webhook sends",
    "UPSTANDER_MAIL_HOOK_KEY": "the key with which Mailgun signs its webhooks",
    "UPSTANDER_MAIL_DOMAIN_RATE": "mails a minute that each worker sends to one domain at most (default: no such cap)",
    "DEBUG": "1 only on a developer's machine",
    "UPSTANDER_ORIGIN": "the site's public address, for example https://act.example.org",
    "UPSTANDER_OTHER_ORIGINS": "further addresses of the site, such as that of an onion service, separated by commas",
    "UPSTANDER_DESK_HOST": "host name of desk and accounts, if they are to have one of their own",
    "UPSTANDER_METRICS_TOKEN": "opens /metrics and the details of /healthz; without it there are none",
    "UPSTANDER_KEYS": "the ring that wraps petition secrets: id:base64,… (the last one is used for new files)",
    "UPSTANDER_TOKEN_KEYS": "the ring behind mail links: id:state:base64,… with state active, verify or gone",
    "UPSTANDER_CODE_KEY": "the key behind the codes that signers type: 32 bytes in base64",
    "UPSTANDER_SUPPRESSION_KEY": "remembers who wants no more mail without their address: 32 bytes in base64",
    "UPSTANDER_KEYSTORE": "directory of the petition secrets, outside the database and its backups",
    "UPSTANDER_KEYSTORE_COPIES": "where copies of the keystore lie, separated by commas, for the commands that destroy",
    "UPSTANDER_LOG_KEY": "Ed25519 seed that signs checkpoints: 32 bytes in base64",
    "UPSTANDER_VAR": "directory of the embedded database and other local files (default var/)",
    "UPSTANDER_DEMO": "set by `manage.py demo` alone",
}


class SettingError(SystemExit):
    """A setting is missing or wrong. Its text is the one line an operator reads; the exit status is 1."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f"upstander: {name} {problem}")


def read_env_file(path: Path) -> None:
    """Put the keys of a `.env` file into the environment; what the environment already holds wins."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        key = re.match(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=", line)
        if key and key[1] not in KNOWN:
            raise SettingError(key[1], f"in {path.name}, line {number}, is no setting of Upstander; see .env.example")
    environ.Env.read_env(str(path))


def refuse_unknown() -> None:
    """Stop on an `UPSTANDER_*` variable that no one reads: most likely a typing mistake."""
    for name in sorted(os.environ):
        if name.startswith("UPSTANDER_") and name not in KNOWN:
            raise SettingError(name, "is no setting of Upstander; see .env.example")


def required(name: str) -> str:
    """The value of a setting that has no default."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise SettingError(name, f"is missing: {KNOWN[name]}")
    return value


def optional(name: str, default: str = "") -> str:
    """The value of a setting, or its default."""
    return os.environ.get(name, "").strip() or default


def flag(name: str) -> bool:
    """A yes or no: 1, true, yes, on or 0, false, no, off; anything else stops the start."""
    value = optional(name, "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise SettingError(name, "must be 1 or 0")


def one_of(name: str, choices: Iterable[str]) -> str:
    """One of these words; the first is the default."""
    words = list(choices)
    value = optional(name, words[0])
    if value not in words:
        raise SettingError(name, f"must be one of {', '.join(words)}")
    return value


def whole_number(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number between two bounds, both included."""
    value = optional(name, str(default))
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise SettingError(name, f"must be a whole number from {low} to {high}")
    return int(value)


def origin(name: str) -> str:
    """A scheme and host without path, as browsers send it in `Origin` (RFC 6454)."""
    return _origin(name, required(name))


def origins(name: str) -> list[str]:
    """Any number of these, separated by commas."""
    return [_origin(name, value.strip()) for value in optional(name).split(",") if value.strip()]


def _origin(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or value != f"{parts.scheme}://{parts.netloc}":
        raise SettingError(name, "must be a scheme and a host without a final slash, like https://act.example.org")
    if parts.username or value != value.lower():
        raise SettingError(name, "must be in lower case and hold no user name")
    return value


def host(name: str) -> str:
    """A host name without scheme and port, or nothing."""
    value = optional(name)
    if value and not HOST.fullmatch(value):
        raise SettingError(name, "must be a host name in lower case without scheme and port, like desk.example.org")
    return value


def bearer_token(name: str) -> str:
    """A secret that programs send in a header (RFC 6750, 2.1), or nothing."""
    value = optional(name)
    if value and not BEARER.fullmatch(value):
        raise SettingError(name, "must be 32 or more letters, digits and -._~+/ such as `openssl rand -hex 32` prints")
    return value


def web_address(name: str, default: str) -> str:
    """The address of a web page, or its default; nothing that a click would run."""
    value = optional(name, default)
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not value.isprintable() or " " in value:
        raise SettingError(name, "must be the address of a page, like https://example.org/")
    return value


def parsed(name: str, parse: Callable[[str], T]) -> T:
    """A required setting through a parser whose ValueError tells what is wrong without repeating the value."""
    try:
        return parse(required(name))
    except ValueError as problem:
        raise SettingError(name, str(problem)) from None


def refuse_shared_keys(**purposes: Iterable[bytes]) -> None:
    """Stop where two settings hold the same key: one purpose's leak must not be another's."""
    shared = keys.find_shared(purposes)
    if shared is None:
        return
    first, second = shared
    if first == second:
        raise SettingError(second, "lists one key under two ids; make another with `manage.py generate_keys`")
    raise SettingError(second, f"holds a key of {first} too; each purpose needs its own: `manage.py generate_keys`")


def checked(name: str, parse: Callable[[str], T]) -> T:
    """An optional setting through a parser whose ValueError may repeat the value: nothing in it is secret."""
    try:
        return parse(optional(name))
    except ValueError as problem:
        raise SettingError(name, str(problem)) from None
