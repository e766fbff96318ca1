"""The demo's settings as a careless operator might leave them: every log line there is, and mails about errors."""

from config.settings import *  # noqa: F403
from config.settings import LOGGING, MIDDLEWARE

LOGGING["root"]["level"] = "DEBUG"
LOGGING["loggers"]["procrastinate"]["level"] = "DEBUG"
ADMINS = MANAGERS = [("Operator", "operator@example.org")]
ROOT_URLCONF = "tests.no_trace.urls"
MIDDLEWARE = ["tests.no_trace.failing.fails_on_request", *MIDDLEWARE]
