"""No edition has a key under which other files of open data stand.

The rule is not asked of the rows that are there (PostgreSQL manual, ALTER TABLE, NOT VALID): where one has such a key, it
keeps its pages, and is asked for another key at its next change.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0009_agreed_embargoes")]
    operations = [
        AddConstraintNotValid(
            model_name="reportedition",
            constraint=models.CheckConstraint(
                condition=models.Q(("key__in", ("demands", "report-tables")), _negated=True),
                name="edition_key_free",
                violation_error_message="Choose another key: other files of open data have this one in their address.",
            ),
        ),
    ]
