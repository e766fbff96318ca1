"""The signatures of a flood, found by an index that is built while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # CREATE INDEX CONCURRENTLY runs outside a transaction

    dependencies = [("petitions", "0005_flood_incidents")]

    operations = [
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("flood_incident__isnull", False)), fields=["flood_incident"], name="signature_flood"
            ),
        ),
    ]
