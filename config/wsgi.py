"""What the web server runs: the page cache in front of Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()

from campaigns.keystore import KeystoreError, check_keystore
from config.body_gate import BodyGate
from config.page_cache import PageCache
from config.security import behind_tls
from reports.editorial.removals import page_generation

try:
    check_keystore()  # a petition whose secrets cannot be opened must stop the start, not the first signer
except KeystoreError as problem:
    raise SystemExit(f"upstander: {problem}") from None
_gated = BodyGate(PageCache(_django, hosts=settings.ALLOWED_HOSTS, generation=page_generation))
application = behind_tls(_gated) if settings.SECURE else _gated
