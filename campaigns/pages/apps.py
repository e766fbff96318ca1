"""The public site."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Home, theme, place, campaign and demand pages, composed from the slices."""

    name = "campaigns.pages"
    label = "pages"
