"""Settings of a worker that a test starts as a process: the test's own database and mail server."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, KEYSTORE

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ["TEST_SMTP_PORT"])
EMAIL_TIMEOUT = int(os.environ.get("TEST_SMTP_TIMEOUT", "20"))
MAIL_RATE = 1000
KEYSTORE = Path(os.environ.get("TEST_KEYSTORE") or KEYSTORE)
