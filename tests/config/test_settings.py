"""A wrong setting stops the start with one line that names it."""

from __future__ import annotations

import base64
import itertools
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

KEYS = {
    "UPSTANDER_KEYS": "1:{}",
    "UPSTANDER_TOKEN_KEYS": "1:active:{}",
    "UPSTANDER_CODE_KEY": "{}",
    "UPSTANDER_LOG_KEY": "{}",
    "UPSTANDER_SUPPRESSION_KEY": "{}",
}
ONE, TWO = (base64.b64encode(bytes([n] * 32)).decode() for n in (1, 2))


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
        ("UPSTANDER_KEYS", f"0:{ONE}", "without an id from 1 to 255"),
        ("UPSTANDER_KEYS", f"1:{ONE},1:{TWO}", "key 1 twice"),
        ("UPSTANDER_TOKEN_KEYS", f"1:verify:{ONE}", "exactly one active"),
        ("UPSTANDER_LOG_KEY", "!", "must be 32 bytes"),
        ("UPSTANDER_CODE_KEY", None, "is missing"),
        ("UPSTANDER_SUPPRESSION_KEY", "abc", "must be 32 bytes"),
        ("UPSTANDER_KEYSTORE", None, "is missing"),
        ("DATABASE_URL", "sqlite:///x", "must start with postgres://"),
        ("DATABASE_POOL_SIZE", "many", "whole number from 1 to 1000"),
        ("EMAIL_URL", None, "is missing"),
        ("EMAIL_URL", "carrier-pigeon://x", "cannot be read"),
        ("DEBUG", "maybe", "must be 1 or 0"),
        ("UPSTANDER_OTHER_ORIGINS", "http://one.onion, two.onion", "must be a scheme and a host"),
        ("UPSTANDER_DESK_HOST", "https://desk.example.org", "must be a host name"),
        ("UPSTANDER_DESK_HOST", "desk.example.org:8443", "must be a host name"),
        ("UPSTANDER_DESK_HOST", "act.example.org", "is a public address of the site"),
        ("UPSTANDER_METRICS_TOKEN", "short", "must be 32 or more"),
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


def test_further_addresses_and_the_desks_host_are_answered_without_being_listed_twice() -> None:
    code = (
        "import django; django.setup(); from django.conf import settings;"
        "print(settings.ALLOWED_HOSTS, settings.PUBLIC_HOSTS, settings.OUR_ORIGINS, settings.CSRF_TRUSTED_ORIGINS)"
    )
    more = {"UPSTANDER_OTHER_ORIGINS": "http://hidden.onion", "UPSTANDER_DESK_HOST": "desk.example.org"}
    environment = {**clean_environment(), "DJANGO_SETTINGS_MODULE": "config.settings", **GOOD, **more}
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.stdout.split("] ") == [
        "['act.example.org', 'hidden.onion', 'desk.example.org'",
        "['act.example.org', 'hidden.onion'",
        "['https://act.example.org', 'http://hidden.onion'",
        "[]\n",
    ], result.stderr


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(sorted(KEYS), 2)))
def test_no_two_purposes_share_a_key(first: str, second: str) -> None:
    # In every pair, also where one is a ring; the start names both settings and repeats no key.
    key = keys.new_key()
    result = start({**GOOD, first: KEYS[first].format(key), second: KEYS[second].format(key)})
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert first in result.stderr
    assert second in result.stderr
    assert key not in result.stderr


def test_a_ring_lists_no_key_twice() -> None:
    key = keys.new_key()
    result = start({**GOOD, "UPSTANDER_KEYS": f"1:{key},2:{key}"})
    assert result.stderr.startswith("upstander: UPSTANDER_KEYS lists one key under two ids")


def test_a_fresh_set_of_keys_covers_every_purpose() -> None:
    assert keys.new_settings().keys() == {"SECRET_KEY", *KEYS}


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


def test_a_demo_of_an_earlier_version_keeps_its_keys_and_gets_the_new_ones(tmp_path: Path) -> None:
    kept = {name: value for name, value in keys.new_settings().items() if name != "UPSTANDER_CODE_KEY"}
    stored = tmp_path / "demo.env"
    stored.write_text("".join(f"{name}={value}\n" for name, value in kept.items()))
    for _again in range(2):
        result = start({"UPSTANDER_DEMO": "1", "UPSTANDER_VAR": str(tmp_path)})
        assert (result.returncode, result.stderr) == (0, "")
    lines = dict(line.split("=", 1) for line in stored.read_text().splitlines())
    assert lines.keys() == keys.new_settings().keys()
    assert kept.items() <= lines.items()
    assert len(stored.read_text().splitlines()) == len(lines)
