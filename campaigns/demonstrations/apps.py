"""Demonstrations: where and when people come together."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemonstrationsConfig(AppConfig):
    """Demonstrations and pledges to come."""

    name = "campaigns.demonstrations"
    label = "demonstrations"
    verbose_name = _("Demonstrations")
