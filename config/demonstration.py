"""The demo's own settings: a directory, keys made once, loopback addresses. Nothing here is used in production."""

from __future__ import annotations

import argparse
import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from config import keys
from config.environment import ROOT, SettingError

DEFAULT_PORT = 8000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The demo's options, read once before the settings load and once by the command itself."""
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port on 127.0.0.1 (default 8000)")
    parser.add_argument(
        "--var", type=Path, default=ROOT / "var" / "demo", metavar="DIR", help="where it keeps its files"
    )
    parser.add_argument("--fresh", action="store_true", help="forget everything and start over")


def prepare_environment(arguments: Sequence[str]) -> None:
    """Set the environment of the demo for this process and those it starts; keys are made by the command later."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    add_arguments(parser)
    try:
        options, _ = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        options = parser.parse_args([])  # the command's own parser reports the mistake
    forget_keys()
    os.environ["UPSTANDER_DEMO"] = "1"
    os.environ["UPSTANDER_VAR"] = str(options.var.absolute())
    os.environ["UPSTANDER_ORIGIN"] = f"http://127.0.0.1:{options.port}"


# A developer's shell may hold the settings of another installation: the demo must never touch that one.
OVERRIDDEN = {
    "DATABASE_URL",
    "DATABASE_DIRECT_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "UPSTANDER_KEYS",
    "UPSTANDER_TOKEN_KEYS",
    "UPSTANDER_CODE_KEY",
    "UPSTANDER_KEYSTORE",
    "UPSTANDER_LOG_KEY",
    "UPSTANDER_SUPPRESSION_KEY",
}


def forget_keys() -> None:
    """Take out of the environment what the demo must not inherit, or has just deleted."""
    for name in OVERRIDDEN & os.environ.keys():
        del os.environ[name]


def read_settings(var: Path) -> None:
    """Fill the environment with the demo's settings, making its keys at the first start (file mode 0600)."""
    for name, value in _stored_keys(var / "demo.env").items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
    os.environ.setdefault("UPSTANDER_ORIGIN", f"http://127.0.0.1:{DEFAULT_PORT}")
    os.environ.setdefault("UPSTANDER_KEYSTORE", str(var / "keystore"))
    os.environ.setdefault("DEFAULT_FROM_EMAIL", "Upstander demo <demo@example.org>")


def _stored_keys(path: Path) -> dict[str, str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, "".join(f"{name}={value}\n" for name, value in keys.new_settings().items()))
        return _completed(path)
    except OSError as problem:
        raise SettingError("UPSTANDER_VAR", f"cannot be used: {problem.strerror}") from None


def _completed(path: Path) -> dict[str, str]:
    """The stored keys; those that a newer version needs are added, under a lock, since processes start together."""
    with path.open("r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        stored = dict(line.split("=", 1) for line in file.read().splitlines())
        missing = {name: value for name, value in keys.new_settings().items() if name not in stored}
        file.write("".join(f"{name}={value}\n" for name, value in missing.items()))
    return stored | missing


def _write_once(path: Path, text: str) -> None:
    """Create the file whole or not at all; of two processes at once, the first wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
