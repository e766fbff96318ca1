"""Bring the interface's words up to date in every language."""

from typing import Any

from django.core.management.base import BaseCommand

from config import message_catalogues


class Command(BaseCommand):
    """Reads code and templates, updates the .po files and compiles them."""

    help = "Update config/locale from code and templates, compile it, and say what still needs words."

    def handle(self, *args: Any, **options: Any) -> None:
        """Repeatable; the words already there are kept."""
        for language in message_catalogues.languages():
            missing = message_catalogues.untranslated(message_catalogues.update(language))
            self.stdout.write(f"{language}: {len(missing)} without words")
