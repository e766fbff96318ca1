"""Upstander's own commands, and the desk in the place of Django's stock admin site."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConfigConfig(AppConfig):
    """Holds the commands of the whole installation."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Register the checks."""
        import_module("config.checks")


class DeskConfig(AdminConfig):
    """`admin.site` is the desk, so every app registers with plain `admin.site`."""

    default_site = "config.desk.Desk"
