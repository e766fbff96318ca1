"""Names of places that an edition keeps for its own year, whatever they are called now."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0007_similar_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="EditionPlaceName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lang",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("fr", "French"),
                            ("nl", "Dutch"),
                            ("es", "Spanish"),
                            ("ar", "Arabic"),
                        ],
                        max_length=12,
                        verbose_name="language",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="place_names",
                        to="reports.reportedition",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="edition_names", to="reports.place"
                    ),
                ),
            ],
            options={
                "verbose_name": "name of a place in an edition",
                "verbose_name_plural": "names of places in an edition",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "place", "lang"),
                        name="edition_place_name_once",
                        violation_error_message="This edition has a name for that place in this language already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="edition_place_name_filled",
                        violation_error_message="Fill in the words that are empty.",
                    ),
                ],
            },
        ),
    ]
