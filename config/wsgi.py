"""What the web server runs: the page cache in front of Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()

from campaigns.keystore import KeystoreError, check_keystore
from campaigns.limit_counting import counts
from campaigns.petitions.allowed_networks import learn_allowed
from campaigns.petitions.confirm_rates import learn_unconfirmed
from campaigns.petitions.flood_incidents import write_notes
from config.admission import Admission
from config.body_gate import BodyGate
from config.page_cache import PageCache
from config.regular_work import RegularWork, started_at_request
from config.security import behind_tls
from config.short_way import ShortWay
from reports.editorial.removals import page_generation

try:
    check_keystore()  # a petition whose secrets cannot be opened must stop the start, not the first signer
except KeystoreError as problem:
    raise SystemExit(f"upstander: {problem}") from None

# What each process counts is shared with the others, and what goes on elsewhere is learnt, once a second.
_flood_watch = RegularWork([counts.share, write_notes, learn_allowed, learn_unconfirmed], seconds=1.0, name="floods")
_acting = Admission(started_at_request(ShortWay(_django), _flood_watch))
_served = PageCache(_acting, hosts=settings.ALLOWED_HOSTS, generation=page_generation)
_gated = BodyGate(_served)
application = behind_tls(_gated) if settings.SECURE else _gated
