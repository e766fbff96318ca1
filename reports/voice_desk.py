"""People and what they said, at the desk."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from reports.editorial.desk_access import DeskInline
from reports.editorial.desk_publishing import PublishableAdmin
from reports.editorial.desk_saving import NothingLost
from reports.editorial.desk_texts import HasTextsAdmin
from reports.models import Person, Voice, VoiceTheme
from reports.readiness import copied_words
from reports.voices import Mode


@admin.register(Person)
class PersonAdmin(NothingLost):
    """People who speak in public."""

    list_display = ("name", "organisation")
    search_fields = ("name", "organisation", "key")


class ThemeRows(DeskInline):
    """Themes on whose pages a voice is heard."""

    model = VoiceTheme
    verbose_name, verbose_name_plural = _("theme"), _("themes")
    autocomplete_fields = ("theme",)


@admin.register(Voice)
class VoiceAdmin(PublishableAdmin, HasTextsAdmin):
    """What people said, in our words or theirs."""

    list_display = ("words", "person", "said_on", "mode", "state_chip", "languages")
    list_filter = ("state", "mode")
    list_select_related = ("person",)
    search_fields = ("key", "person__name", "texts__text")
    autocomplete_fields = ("person", "source")
    inlines = (ThemeRows,)
    fields = (
        ("key", "person"),
        ("said_on", "mode"),
        ("source", "locator"),
        ("quote_lang", "permission_basis"),
        ("release_at", "original_lang"),
    )

    def missing(self, obj: Voice) -> list[str]:
        """A paraphrase is in words of our own; a quotation has its permission."""
        copied = [] if obj.mode == Mode.QUOTE else copied_words(obj, "text")
        return [*super().missing(obj), *copied]
