"""Templates: whether an edition can be had as a zip."""

from __future__ import annotations

from django import template

from campaigns.pages import edition_archives

register = template.Library()
register.filter("was_packed", edition_archives.was_packed)
