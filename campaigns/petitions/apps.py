"""Petitions: signing, confirming, counting."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PetitionsConfig(AppConfig):
    """Petitions and the life of a signature."""

    name = "campaigns.petitions"
    label = "petitions"
    verbose_name = _("Petitions")
