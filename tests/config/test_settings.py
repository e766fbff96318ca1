"""A wrong setting stops the start with one line that names it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from config import keys
from tests.browser.conftest import clean_environment

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    **keys.new_settings(),
    "ALLOWED_HOSTS": "act.example.org",
    "UPSTANDER_ORIGIN": "https://act.example.org",
    "UPSTANDER_KEYSTORE": "/nowhere/keystore",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Example <act@example.org>",
}


def start(settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    code = "import django; django.setup()"
    environment = {**clean_environment(), "DJANGO_SETTINGS_MODULE": "config.settings", **settings}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_good_settings_start() -> None:
    result = start(GOOD)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", None, "is missing"),
        ("SECRET_KEY", "short", "too short"),
        ("ALLOWED_HOSTS", None, "is missing"),
        ("ALLOWED_HOSTS", "*", "must name the hosts"),
        ("UPSTANDER_ORIGIN", "act.example.org", "must be a scheme and a host"),
        ("UPSTANDER_ORIGIN", "https://act.example.org/", "must be a scheme and a host"),
        ("UPSTANDER_KEYS", None, "is missing"),
        ("UPSTANDER_KEYS", "1:abc", "key 1 that must be 32 bytes"),
        ("UPSTANDER_KEYS", f"0:{keys.new_key()}", "without an id from 1 to 255"),
        ("UPSTANDER_KEYS", f"1:{keys.new_key()},1:{keys.new_key()}", "key 1 twice"),
        ("UPSTANDER_TOKEN_KEYS", f"1:verify:{keys.new_key()}", "exactly one active"),
        ("UPSTANDER_LOG_KEY", "!", "must be 32 bytes"),
        ("UPSTANDER_KEYSTORE", None, "is missing"),
        ("DATABASE_URL", "sqlite:///x", "must start with postgres://"),
        ("DATABASE_POOL_SIZE", "many", "whole number from 1 to 1000"),
        ("EMAIL_URL", None, "is missing"),
        ("EMAIL_URL", "carrier-pigeon://x", "cannot be read"),
        ("DEBUG", "maybe", "must be 1 or 0"),
        ("UPSTANDER_ORIGINS", "https://typing.example.org", "is no setting"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(name: str, value: str | None, says: str) -> None:
    settings = {**GOOD, name: value or ""}
    if value is None:
        del settings[name]
    result = start(settings)
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith(f"upstander: {name} ")
    assert says in lines[0]


def test_errors_repeat_no_secret() -> None:
    secret = keys.new_key()
    result = start({**GOOD, "UPSTANDER_KEYS": f"999:{secret}"})
    assert result.returncode == 1
    assert secret not in result.stderr


def test_unknown_key_in_env_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SECRET_KEY=x\nALOWED_HOSTS=example.org\n")
    code = f"from config import environment; import pathlib; environment.read_env_file(pathlib.Path({str(file)!r}))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr == "upstander: ALOWED_HOSTS in .env, line 2, is no setting of Upstander; see .env.example\n"


def test_every_setting_stands_in_the_example() -> None:
    from config.environment import KNOWN

    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    internal = {"UPSTANDER_DEMO"}
    assert [name for name in KNOWN if name not in internal and f"{name}=" not in example] == []
