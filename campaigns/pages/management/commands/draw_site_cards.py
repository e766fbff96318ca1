"""Draws the social cards that stand in where a card of a page's own words cannot be drawn."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import override

from campaigns.pages.social_cards.cards import of_site
from campaigns.pages.social_cards.drawing import draw


class Command(BaseCommand):
    """Writes `static/cards/<language>.png`: run it when design or title of the site change, and commit the files."""

    help = "Draw the site's own social card in every language into static/cards."

    def handle(self, *args: Any, **options: Any) -> None:
        """Repeatable. The pictures name no host: every installation has the same."""
        folder = Path(settings.BASE_DIR) / "static" / "cards"
        folder.mkdir(exist_ok=True)
        for lang, _name in settings.LANGUAGES:
            with override(lang):
                words = replace(of_site().words, kind="")
            (folder / f"{lang}.png").write_bytes(draw(words))
            self.stdout.write(f"static/cards/{lang}.png")
