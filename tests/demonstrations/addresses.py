"""The site's addresses with those of demonstrations."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config.urls import urlpatterns as site

urlpatterns = [
    *site,
    *i18n_patterns(path("", include("campaigns.demonstrations.urls")), prefix_default_language=True),
]
