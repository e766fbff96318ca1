"""Make the keys of a new installation."""

from typing import Any

from django.core.management.base import BaseCommand

from config import keys


class Command(BaseCommand):
    """Prints lines for `.env`; nothing is stored."""

    help = "Print a fresh set of keys as lines for .env. Keep them: what is sealed under a lost key is lost."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Each call prints other keys."""
        for name, value in keys.new_settings().items():
            self.stdout.write(f"{name}={value}")
