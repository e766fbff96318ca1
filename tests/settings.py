"""Settings of the tests: the real ones, with keys made up here and a database cluster of their own."""

import os
from pathlib import Path

_root = Path(__file__).resolve().parent.parent
_var = os.environ.get("UPSTANDER_VAR") or str(_root / "var" / "test")
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _worker and not _var.endswith(f"-{_worker}"):
    _var = f"{_var}-{_worker}"  # each of several test processes has a cluster and keys of its own
for _name in [name for name in os.environ if name.startswith("UPSTANDER_")]:
    del os.environ[_name]
os.environ.update(
    {
        "SECRET_KEY": "only-for-the-tests-only-for-the-tests-only-for-the-tests",
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "DEFAULT_FROM_EMAIL": "Upstander <petitions@example.org>",
        "EMAIL_URL": "smtp://127.0.0.1:25",
        "UPSTANDER_ORIGIN": "http://127.0.0.1:8000",
        "UPSTANDER_KEYS": "1:" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=",
        "UPSTANDER_TOKEN_KEYS": "1:active:" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI=",
        "UPSTANDER_LOG_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAM=",
        "UPSTANDER_CODE_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ=",
        "UPSTANDER_SUPPRESSION_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAU=",
        "UPSTANDER_KEYSTORE": str(Path(_var) / "keystore"),
        "UPSTANDER_METRICS_TOKEN": "only-for-the-tests-only-for-the-tests",
        "UPSTANDER_VAR": _var,
    }
)

from config.settings import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WEB_STATEMENT_SECONDS = None  # a test that asks the site in its own process makes and drops databases in it too
LIMIT_SOFT = LIMIT_HARD = LIMIT_SUBJECT = 10**6  # all tests post from one network; those of limits set their own
