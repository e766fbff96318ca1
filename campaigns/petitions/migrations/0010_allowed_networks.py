"""Networks that staff vouch for, and when a petition's confirm rate was last found too low."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0003_audit"),
        ("petitions", "0009_asking_for_mail"),
    ]

    operations = [
        migrations.AddField(
            model_name="floodincident",
            name="judged_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="floodincident",
            name="asked",
            field=models.IntegerField(db_default=0, verbose_name="asked for more"),
        ),
        migrations.AlterField(
            model_name="floodincident",
            name="by_code",
            field=models.IntegerField(db_default=0, verbose_name="accepted, to be confirmed by code"),
        ),
        migrations.AlterField(
            model_name="floodincident",
            name="by_proof",
            field=models.IntegerField(db_default=0, verbose_name="accepted after a proof of work"),
        ),
        migrations.AlterField(
            model_name="floodincident",
            name="kind",
            field=models.CharField(
                choices=[
                    ("network", "many posts from one network"),
                    ("crowd", "many posts from everywhere"),
                    ("unconfirmed", "hardly any mail is confirmed"),
                ],
                max_length=11,
                verbose_name="why",
            ),
        ),
        migrations.AlterField(
            model_name="floodincident",
            name="last_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="last seen"),
        ),
        migrations.AlterField(
            model_name="floodincident",
            name="since",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="since"),
        ),
        migrations.CreateModel(
            name="AllowedNetwork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "network",
                    models.CharField(
                        help_text="The public address of the office, as 203.0.113.7 or 203.0.113.0/24 or 2001:db8:1::/48. Ask whoever runs the network there.",
                        max_length=43,
                        verbose_name="network",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="In words, such as the name of a school. No person's name.",
                        max_length=80,
                        verbose_name="whose network it is",
                    ),
                ),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="editorial.organisation"
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="petitions.petition",
                        verbose_name="petition",
                    ),
                ),
            ],
            options={
                "verbose_name": "shared network",
                "verbose_name_plural": "shared networks",
                "db_table": "allowed_network",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="allowed_network_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "until__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("created_at"), "+", models.Value(datetime.timedelta(days=31))
                                ),
                            )
                        ),
                        name="allowed_network_ends",
                        violation_error_message="A shared network is let in for a month at most. Choose an earlier end.",
                    ),
                ],
            },
        ),
        # A network is one, and small enough to vouch for, whichever way the row is written.
        migrations.RunSQL(
            """
            ALTER TABLE allowed_network ADD CONSTRAINT allowed_network_size CHECK (
                network = text(network::cidr)
                AND masklen(network::cidr) >= CASE family(network::cidr) WHEN 4 THEN 16 ELSE 32 END
            )
            """,
            "ALTER TABLE allowed_network DROP CONSTRAINT allowed_network_size",
        ),
    ]
