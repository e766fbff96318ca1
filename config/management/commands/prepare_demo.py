"""Bring the demo's database and files up to date; run by `demo` before it serves."""

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config import demo_staff

# In the order in which one stands on the other.
CONTENT = [
    ("load_report", "first_report.json"),
    ("load_report", "earlier_report.json"),
    ("load_report", "report.json"),
    ("load_campaigns", "campaigns.json"),
    ("load_petitions", "petitions.json"),
    ("load_demonstrations", "demonstrations.json"),
    ("load_campaigns", "earlier_campaigns.json"),
    ("load_petitions", "earlier_petitions.json"),
    ("load_demonstrations", "earlier_demonstrations.json"),
]


class Command(BaseCommand):
    """Migrations, static files, demo content and the two logins; safe to repeat."""

    help = "Prepare the demo. `manage.py demo` runs it by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        """Repeatable: what is there stays as it is."""
        if not settings.DEMO:
            raise CommandError("This prepares the demo only. Start it with: manage.py demo")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        for command, file in CONTENT:
            # a newer version words its own examples anew: nobody was told anything by them
            call_command(command, settings.BASE_DIR / "demo" / file, minor=True, stdout=StringIO())
        for login in demo_staff.create_missing():
            self.stdout.write(f"  {login.role:<10} {login.email:<26} password {login.password}")
