"""What `manage.py check --database default` asks of the database server itself, and `check --deploy` of its keys.

Source: PostgreSQL manual, chapters "Connections and Authentication" and "Error Reporting and Logging".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connections

OLDEST = 150000
# A statement or a value in PostgreSQL's log is a signer's name on a disk that nobody erases.
QUIET_LOG = {
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


@register(Tags.database)
def check_server(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """Version, connections for every process, and a log that holds no one's data."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        try:
            found += [*_version(alias), *_connections(alias), *_log(alias)]
        except OperationalError:
            found.append(
                Error(
                    "The database does not answer.",
                    hint="Check DATABASE_URL and that PostgreSQL runs.",
                    id="upstander.E001",
                )
            )
    return found


@register(Tags.security, deploy=True)
def check_proxies(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An https site stands behind a proxy, and must be told which."""
    if settings.KNOWS_NETWORKS:
        return []
    hint = "Set it to the proxy's address as the web process sees it, such as 127.0.0.1; see docs/operator.md."
    return [
        Warning(
            "TRUSTED_PROXIES is empty: no network can be told from another, and none is limited.",
            hint,
            id="upstander.W002",
        )
    ]


@register(Tags.security, deploy=True)
def check_keystore_place(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whoever copies the database must not copy the keys with it, and nobody else reads them."""
    found: list[CheckMessage] = []
    if "EMBEDDED_DIR" in settings.DATABASES["default"] and settings.KEYSTORE.is_relative_to(settings.VAR):
        hint = "Set UPSTANDER_KEYSTORE to a directory outside UPSTANDER_VAR, and back it up elsewhere."
        found.append(Warning("Keystore and embedded database share a place.", hint=hint, id="upstander.W003"))
    if settings.KEYSTORE.is_dir() and settings.KEYSTORE.stat().st_mode & 0o077:
        hint = f"chmod 700 {settings.KEYSTORE}"
        found.append(Warning("Other accounts can enter the keystore.", hint=hint, id="upstander.W004"))
    return found


def _version(alias: str) -> list[CheckMessage]:
    if int(_setting(alias, "server_version_num")) >= OLDEST:
        return []
    return [Error("PostgreSQL is too old.", hint="Upstander needs PostgreSQL 15 or newer.", id="upstander.E002")]


def _connections(alias: str) -> list[CheckMessage]:
    most = int(_setting(alias, "max_connections")) - int(_setting(alias, "superuser_reserved_connections"))
    wanted = settings.PROCESSES * settings.POOL_SIZE
    if wanted <= most:
        return []
    return [
        Error(
            f"{settings.PROCESSES} processes with {settings.POOL_SIZE} connections each want {wanted} of {most}.",
            hint="Lower DATABASE_POOL_SIZE or UPSTANDER_PROCESSES, or raise max_connections in PostgreSQL.",
            id="upstander.E003",
        )
    ]


def _log(alias: str) -> list[CheckMessage]:
    loud = [f"{name} = {value}" for name, value in QUIET_LOG.items() if _setting(alias, name) != value]
    if not loud:
        return []
    hint = f"Set on the server, or with ALTER ROLE … SET: {'; '.join(loud)}."
    return [Warning("PostgreSQL's log can hold what signers typed.", hint=hint, id="upstander.W001")]


def _setting(alias: str, name: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])
