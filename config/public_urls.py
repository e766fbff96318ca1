"""Addresses of the public site. A public address is a promise: none of these changes."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from campaigns.pages.corrections import feed as corrections_feed
from campaigns.pages.languages import to_best_language
from campaigns.pages.sitemap import robots, sitemap, sitemaps
from config import demo_mailbox
from config.health import healthz
from config.mail_hooks import urlpatterns as mail_hooks
from config.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("", to_best_language, name="root"),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("hooks/mail/", include(mail_hooks)),
    path("f/", include("campaigns.pages.permalinks")),
    path("data/", include("campaigns.pages.data_urls")),
    path("feeds/corrections.atom", corrections_feed, name="corrections_feed"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemaps, name="sitemaps"),
    path("sitemaps/<slug:kind>-<int:number>.xml", sitemap, name="sitemap"),
    *i18n_patterns(
        path("", include("campaigns.pages.urls")),
        path("", include("campaigns.pages.social_cards.pages")),
        path("", include("campaigns.pages.printing.pages")),
        path("", include("campaigns.pages.petition_urls")),
        path("", include("campaigns.pages.mail_urls")),
        path("", include("campaigns.demonstrations.urls")),
        prefix_default_language=True,
    ),
]
if settings.DEMO:
    urlpatterns.append(path("demo/mail/", include(demo_mailbox)))
