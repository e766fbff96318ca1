"""Rows that have to go from lists that were handed out: a new table, and a column without a default."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0018_agreed_embargoes"),
    ]

    operations = [
        migrations.AddField(
            model_name="petition",
            name="exported_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="WithdrawnRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "petition_id", "external_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("petition_id", models.IntegerField()),
                ("external_id", models.CharField(max_length=32)),
                ("withdrawn_on", models.DateField()),
            ],
            options={
                "db_table": "withdrawn_row",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("external_id__regex", "^[0-9a-f]{32}$")), name="withdrawn_row_id"
                    )
                ],
            },
        ),
    ]
