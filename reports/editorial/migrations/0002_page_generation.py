"""The one row that counts removals."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("editorial", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PageGeneration",
            fields=[
                ("only", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(only=True), name="page_generation_only")]
            },
        ),
    ]
