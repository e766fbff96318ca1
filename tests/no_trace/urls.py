"""The site's addresses, and one whose view makes a mistake."""

from django.urls import path

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as _site
from tests.no_trace.failing import fails

urlpatterns = [path("en/fail/", fails), *_site]
