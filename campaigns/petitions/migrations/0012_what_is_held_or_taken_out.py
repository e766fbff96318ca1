"""What is held or was taken out, found by an index that is built while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # CREATE INDEX CONCURRENTLY runs outside a transaction

    dependencies = [("petitions", "0011_search")]

    operations = [
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state__in", [2, 3])), fields=["petition", "state"], name="signature_apart"
            ),
        ),
    ]
