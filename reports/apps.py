"""What a report says."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Editions, themes, places, findings, sources, voices and instruments."""

    name = "reports"
    label = "reports"
    verbose_name = _("Report")
