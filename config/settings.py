"""Django's settings. What an operator may set is read through `config.environment`, which names what is wrong."""

from __future__ import annotations

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import client_network, demonstration, environment, keys, mail_settings

BASE_DIR = environment.ROOT

DEMO = environment.flag("UPSTANDER_DEMO")
if not DEMO:
    environment.read_env_file(BASE_DIR / ".env")
environment.refuse_unknown()
VAR = Path(environment.optional("UPSTANDER_VAR", str(BASE_DIR / "var" / ("demo" if DEMO else "data")))).absolute()
if DEMO:
    demonstration.read_settings(VAR)

# --- The installation ---------------------------------------------------------------------------------------------
DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.required("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise environment.SettingError("SECRET_KEY", "is too short: make one with `manage.py generate_keys`")
ORIGIN = environment.origin("UPSTANDER_ORIGIN")
SECURE = ORIGIN.startswith("https://")
OUR_ORIGINS = [ORIGIN, *environment.origins("UPSTANDER_OTHER_ORIGINS")]  # links are written with the first
PUBLIC_HOSTS = [host.strip() for host in environment.required("ALLOWED_HOSTS").split(",") if host.strip()]
if "*" in PUBLIC_HOSTS:
    raise environment.SettingError("ALLOWED_HOSTS", "must name the hosts; `*` would let others speak in our name")
PUBLIC_HOSTS += [urlsplit(origin).hostname or "" for origin in OUR_ORIGINS[1:]]
DESK_HOST = environment.host("UPSTANDER_DESK_HOST")
if DESK_HOST in {urlsplit(origin).hostname for origin in OUR_ORIGINS}:
    raise environment.SettingError("UPSTANDER_DESK_HOST", "is a public address of the site; give the desk another one")
ALLOWED_HOSTS = [*PUBLIC_HOSTS, DESK_HOST] if DESK_HOST else PUBLIC_HOSTS
METRICS_TOKEN = environment.bearer_token("UPSTANDER_METRICS_TOKEN")
KEYS = environment.parsed("UPSTANDER_KEYS", keys.parse_ring)
TOKEN_KEYS = environment.parsed("UPSTANDER_TOKEN_KEYS", keys.parse_token_ring)
CODE_KEY = environment.parsed("UPSTANDER_CODE_KEY", keys.parse_key)
LOG_KEY = environment.parsed("UPSTANDER_LOG_KEY", keys.parse_key)
SUPPRESSION_KEY = environment.parsed("UPSTANDER_SUPPRESSION_KEY", keys.parse_key)
environment.refuse_shared_keys(
    UPSTANDER_KEYS=KEYS.keys.values(),
    UPSTANDER_TOKEN_KEYS=TOKEN_KEYS.keys.values(),
    UPSTANDER_CODE_KEY=[CODE_KEY],
    UPSTANDER_LOG_KEY=[LOG_KEY],
    UPSTANDER_SUPPRESSION_KEY=[SUPPRESSION_KEY],
)
EXIT_URL = environment.web_address("UPSTANDER_EXIT_URL", "https://www.google.com/")  # out of a page of safe mode
KEYSTORE = Path(environment.required("UPSTANDER_KEYSTORE")).absolute()
_COPIES = environment.optional("UPSTANDER_KEYSTORE_COPIES").split(",")
KEYSTORE_COPIES = [place.strip() for place in _COPIES if place.strip()]

# --- Floods -------------------------------------------------------------------------------------------------------
TRUSTED_PROXIES = environment.checked("TRUSTED_PROXIES", client_network.parse_networks)
# Behind a proxy that nobody has named, everybody seems to come from it: then networks are told apart by nothing.
KNOWS_NETWORKS = bool(TRUSTED_PROXIES) or not SECURE
LIMIT_SOFT = environment.whole_number("UPSTANDER_LIMIT_SOFT", 30, low=1, high=1_000_000)
LIMIT_HARD = environment.whole_number("UPSTANDER_LIMIT_HARD", 600, low=LIMIT_SOFT, high=100_000_000)
LIMIT_SUBJECT = environment.whole_number("UPSTANDER_LIMIT_PETITION", 100_000, low=1, high=1_000_000_000)
LIMIT_CONFIRMED = environment.whole_number("UPSTANDER_LIMIT_CONFIRMED", 5, low=0, high=50)
PROOF_COST = environment.whole_number("UPSTANDER_PROOF_COST", 4000, low=1, high=1_000_000)

# --- Parts --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "config.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "reports.editorial",
    "reports",
    "campaigns",
    "campaigns.petitions",
    "campaigns.demonstrations",
    "campaigns.pages",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "config.security.SecurityHeaders",
    "config.desk_host.HiddenDesk",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.desk_host.StaffSessions",
    "config.languages.PathLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "config.site_context.site",
            ],
        },
    }
]

# --- Database -----------------------------------------------------------------------------------------------------
PROCESSES = environment.whole_number("UPSTANDER_PROCESSES", 4, low=1, high=1000)
POOL_SIZE = environment.whole_number("DATABASE_POOL_SIZE", 8, low=1, high=1000)


def _database() -> dict[str, Any]:
    """PostgreSQL behind DATABASE_URL, else the embedded one, which starts at the first connection."""
    url = environment.optional("DATABASE_URL")
    if not url:
        return {"EMBEDDED_DIR": str(VAR / "postgresql"), "NAME": "upstander"}
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise environment.SettingError("DATABASE_URL", "must start with postgres://; no other database is supported")
    try:
        return dict(environ.Env.db_url_config(url))  # type: ignore[no-untyped-call]
    except Exception:
        raise environment.SettingError("DATABASE_URL", "cannot be read; special characters need %-escapes") from None


DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **_database(),
        "ENGINE": "config.database",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,  # `config.database` sees a dead connection without asking the server
        "OPTIONS": {
            # A server that vanished with its network: asked after 30 idle seconds, given up 10 s after no answer.
            "keepalives_idle": 30,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            # Values travel apart from the statement, so that PostgreSQL's own log can never print one.
            "server_side_binding": True,
            "prepare_threshold": 5,  # the statement of signing is planned once per connection, not at every post
            "pool": {"min_size": 1, "max_size": POOL_SIZE, "timeout": 3},
        },
    }
}
DATABASE_DIRECT_URL = environment.optional("DATABASE_DIRECT_URL")  # for what listens or locks past a pooler
# No statement of a web process takes longer: nobody waits longer for a page. None behind a pooler, which would hand the
# setting on to whoever gets the connection next.
WEB_STATEMENT_SECONDS = None if DATABASE_DIRECT_URL else 30
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Staff --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "editorial.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "reports.editorial.sign_in.StaffAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an admin, who vouches for the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger's reset request must not become mail to whomever they name
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,30/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Upstander"

DATA_LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
DATA_LICENCE = environment.one_of("UPSTANDER_DATA_LICENCE", DATA_LICENCES)  # of our own words, as open data
SECOND_EYES = environment.flag("UPSTANDER_SECOND_EYES")  # nobody approves what they wrote last

# --- Cookies and headers (staff only: public pages set none) ------------------------------------------------------
_PREFIX = "__Host-" if SECURE else ""  # browsers refuse the prefix without TLS
SESSION_COOKIE_NAME = f"{_PREFIX}staff"
CSRF_COOKIE_NAME = f"{_PREFIX}csrf"
LANGUAGE_COOKIE_NAME = f"{_PREFIX}language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_TRUSTED_ORIGINS = [] if DESK_HOST else [ORIGIN]  # a form of the desk always comes from the desk's own host
CSRF_FAILURE_VIEW = "config.refusals.csrf_failure"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # frames are refused by our Content-Security-Policy and X-Frame-Options header
    "security.W005",  # subdomains are the operator's to promise, not ours
    "security.W008",  # the proxy that ends TLS redirects; the application never sees plain requests
    "security.W021",  # the preload list is the operator's to join
]

# --- Languages ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("nl", _("Dutch")), ("es", _("Spanish")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files --------------------------------------------------------------------------------------------------------
ARCHIVES = VAR / "archives"  # editions as zips; can be packed anew at any time
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Mail ---------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.required("DEFAULT_FROM_EMAIL")
# What a mail about a petition in safe mode shows as its sender: no name, unless the operator has a neutral one.
SAFE_FROM_EMAIL = environment.optional("UPSTANDER_SAFE_FROM_EMAIL", parseaddr(DEFAULT_FROM_EMAIL)[1])
MAIL_RATE = environment.whole_number("UPSTANDER_MAIL_RATE", 10, low=1, high=1000)  # mails a second, each worker
MAIL_DOMAIN_RATE = environment.whole_number(
    "UPSTANDER_MAIL_DOMAIN_RATE", 60 * MAIL_RATE, low=1, high=60_000
)  # a minute
BOUNCE_ADDRESS = environment.checked("UPSTANDER_BOUNCE_ADDRESS", mail_settings.parse_bounce_address)
BOUNCE_MAILDIR = environment.checked("UPSTANDER_BOUNCE_MAILDIR", mail_settings.parse_maildir)
MAIL_PROVIDER = environment.checked("UPSTANDER_MAIL_PROVIDER", mail_settings.parse_provider)
_HOOK_SECRET = environment.checked("UPSTANDER_MAIL_HOOK_SECRET", mail_settings.parse_hook_secret)
_HOOK_KEY = environment.optional("UPSTANDER_MAIL_HOOK_KEY")
if MAIL_PROVIDER and not _HOOK_SECRET:
    raise environment.SettingError("UPSTANDER_MAIL_HOOK_SECRET", "is missing: without it anybody could report bounces")
if MAIL_PROVIDER == "mailgun" and not _HOOK_KEY:
    raise environment.SettingError("UPSTANDER_MAIL_HOOK_KEY", "is missing: Mailgun signs its reports with it")
ANYMAIL = {"WEBHOOK_SECRET": _HOOK_SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": _HOOK_KEY}
MAILBOX = VAR / "mail"  # the demo's mails, shown at /demo/mail/


def _mail() -> dict[str, Any]:
    """How mail leaves: by SMTP, or in the demo into a mailbox of the same site."""
    url = os.environ.get("EMAIL_URL", "").strip()
    if not url and DEMO:
        return {"EMAIL_BACKEND": "config.demo_mailbox.MailboxBackend"}
    try:
        return dict(environ.Env.email_url_config(environment.required("EMAIL_URL")))  # type: ignore[no-untyped-call]
    except (KeyError, ValueError, ImproperlyConfigured):
        raise environment.SettingError("EMAIL_URL", "cannot be read; see .env.example for its form") from None


_MAIL = _mail()
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST = _MAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(_MAIL.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_MAIL.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 20

# --- Logs: names of routes, never paths, addresses or values -------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        # Django's own lines hold the path of a request, which can be somebody's link: our middleware logs instead.
        "django.request": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "django.security": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "django.db.backends": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
