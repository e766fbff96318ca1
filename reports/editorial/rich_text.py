"""HTML that staff write: cleaned on every way into the database, and once more on the way out."""

from __future__ import annotations

import nh3
from django.db import models

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h2", "h3", "span"}
ATTRIBUTES = {"a": {"href", "hreflang"}, "span": {"lang", "dir"}, "p": {"lang", "dir"}, "blockquote": {"lang", "dir"}}
SCHEMES = {"https", "http", "mailto"}


def clean_html(html: str) -> str:
    """Keep an allow-list of elements, attributes and address schemes; scripts and styles go with their content."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener")


class RichTextField(models.TextField):  # type: ignore[type-arg]
    """Text whose HTML is cleaned whichever way it is written: a form, an import, `update()` or `bulk_create()`."""

    def get_prep_value(self, value: object) -> object:
        """What reaches the database is clean."""
        value = super().get_prep_value(value)
        return clean_html(value) if isinstance(value, str) else value
