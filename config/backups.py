"""Copies of the database: made with what personal data it holds sealed, and restored onto an empty one.

A backup holds what the tables hold, in PostgreSQL's own archive format, and never a key: names and addresses in it open
only with the keystore of the day on which they are read. Left out are the tables that are unlogged, whose content must
not outlive a day, and the sessions of staff, which would let their reader in.

Programs of the server's own version are taken from PATH where they are, else those of the wheel. Sources: PostgreSQL
manual, pg_dump and pg_restore.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection

from config.embedded_programs import EmbeddedError, program

SESSIONS = "django_session"
TABLES = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"""


class BackupError(Exception):
    """It cannot be done. Its text is one line for the operator; nothing was written."""


def back_up(target: Path) -> int:
    """Write a backup to a file that does not exist yet, readable for its owner alone; its size in bytes.

    It appears under its name only when it is whole. Raises BackupError.
    """
    _refuse_place(target)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    options = ["--format=custom", "--no-unlogged-table-data", f"--exclude-table-data={SESSIONS}"]
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _run("pg_dump", options, stdout=file.fileno())
            os.fsync(file.fileno())
        os.link(draft, target)  # never over another file
    except OSError as problem:
        raise BackupError(f"{target} cannot be written: {problem.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def warning_about(target: Path) -> str | None:
    """What an operator should know about a place for backups; None where it is good."""
    folder, keystore = target.absolute().parent, settings.KEYSTORE
    if folder in (keystore.parent, *keystore.parents):
        return (
            f"The backup lies beside the keystore {keystore}: whoever copies {folder} gets the sealed data and its "
            "keys. Keep them apart."
        )
    return None


def restore(source: Path) -> None:
    """Fill the empty database from a backup, wholly or not at all. Raises BackupError.

    A backup does not hold what the planner knows, so that is taken anew (PostgreSQL manual, pg_restore, "Notes").
    """
    if not source.is_file():
        raise BackupError(f"{source} is no file.")
    if _tables():
        raise BackupError("The database is not empty. Restore onto an empty one, so that nothing is mixed up or lost.")
    options = ["--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", options, source)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _refuse_place(target: Path) -> None:
    if target.exists():
        raise BackupError(f"{target} exists already. Give another name; a backup never overwrites one.")
    if target.absolute().is_relative_to(settings.KEYSTORE):
        raise BackupError(f"{target} lies in the keystore. Data and keys must never lie together.")


def _tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return int(cursor.fetchone()[0])


def _run(name: str, options: list[str], source: Path | None = None, stdout: int = subprocess.DEVNULL) -> None:
    (_psql, *address), env = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    database = address.pop()
    command = [str(_program(name)), *options, "--no-password", *address, f"--dbname={database}"]
    if source is not None:
        command.append(str(source))
    done = subprocess.run(command, env={**os.environ, **(env or {})}, stdout=stdout, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise BackupError(f"{name} gave up: {_reason(done.stderr)}")


def _reason(output: str) -> str:
    """The first line that says why. A later one can quote a row."""
    lines = [line for line in output.splitlines() if "error:" in line or "FATAL" in line] or ["it gave no reason"]
    return lines[0].split("error: ", 1)[-1]


def _program(name: str) -> Path:
    """Of the server's major version, else the next newer one: an older one cannot read it. Raises BackupError."""
    connection.ensure_connection()
    server = connection.pg_version // 10000  # type: ignore[attr-defined]  # the stubs lack it
    fit = {major: path for path in _programs(name) if (major := _major(path)) >= server}
    if not fit:
        raise BackupError(f"The server is PostgreSQL {server}: install its {name}, none that is here can read it.")
    return fit[min(fit)]


def _programs(name: str) -> list[Path]:
    found = [Path(path)] if (path := shutil.which(name)) else []
    try:
        return [*found, program(name)]
    except EmbeddedError:
        return found


def _major(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else 0
