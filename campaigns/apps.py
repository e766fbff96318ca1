"""What we ask for."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """Campaigns, demands and their outcomes, and what petitions and demonstrations share."""

    name = "campaigns"
    label = "campaigns"
    verbose_name = _("Campaigns")
