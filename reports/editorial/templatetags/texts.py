"""Templates: the language of a block, and HTML that staff wrote."""

from __future__ import annotations

from typing import Literal

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info

from reports.editorial.rich_text import clean_html
from reports.editorial.texts import Text

register = template.Library()


@register.simple_tag
def text_language(text: Text | Literal[""] | None) -> SafeString | str:
    """` lang="…" dir="…"` for a block whose text is in another language than the page; else nothing."""
    if not text or not text.foreign:
        return ""
    return format_html(' lang="{}" dir="{}"', text.lang, text.dir)


@register.simple_tag
def in_language(words: str, lang: str) -> SafeString | str:
    """Words inside of a sentence, marked where they are in another language than the page. Of a code that the site has
    no language for, the letters tell the direction."""
    if not words or not lang or lang == get_language():
        return words
    known = lang in dict(settings.LANGUAGES)
    direction = ("rtl" if get_language_info(lang)["bidi"] else "ltr") if known else "auto"
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', lang, direction, words)


@register.filter
def safe_html(html: str) -> SafeString:
    """Cleaned once more on the way out, so that a row written past us cannot harm a reader."""
    return mark_safe(clean_html(html or ""))  # noqa: S308
