"""Who may publish what."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EditorialConfig(AppConfig):
    """Staff, organisations and roles; publishing states and texts per language."""

    name = "reports.editorial"
    label = "editorial"
    verbose_name = _("Staff and publishing")
