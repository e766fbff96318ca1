"""Floods, and how a signature came in. New columns of the big table are null or a constant, so no row is rewritten."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0004_reminders_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="signature",
            name="code_only",
            field=models.BooleanField(db_default=False),
        ),
        migrations.CreateModel(
            name="FloodIncident",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("network", "many posts from one network"),
                            ("crowd", "many posts from everywhere"),
                            ("unconfirmed", "hardly any mail is confirmed"),
                        ],
                        max_length=11,
                    ),
                ),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("last_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by_proof", models.IntegerField(db_default=0)),
                ("by_code", models.IntegerField(db_default=0)),
                ("asked", models.IntegerField(db_default=0)),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="flood_incidents",
                        to="petitions.petition",
                    ),
                ),
            ],
            options={
                "verbose_name": "flood",
                "verbose_name_plural": "floods",
                "db_table": "flood_incident",
            },
        ),
        migrations.AddField(
            model_name="signature",
            name="flood_incident",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="petitions.floodincident",
            ),
        ),
        migrations.AddIndex(
            model_name="floodincident",
            index=models.Index(fields=["last_at"], name="flood_incident_last"),
        ),
        migrations.AddConstraint(
            model_name="floodincident",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["network", "crowd", "unconfirmed"])),
                name="flood_incident_kind",
                violation_error_message="Choose one of the values in the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="floodincident",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked__gte", 0), ("by_code__gte", 0), ("by_proof__gte", 0)), name="flood_numbers"
            ),
        ),
    ]
