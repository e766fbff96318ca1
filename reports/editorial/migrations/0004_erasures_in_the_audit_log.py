"""Two acts more: personal data was erased, or its keys were destroyed."""

from django.db import migrations, models

ACTS = [
    ("added", "added"),
    ("changed", "changed"),
    ("deleted", "deleted"),
    ("moved", "moved to another state"),
    ("wrote", "wrote a text"),
    ("staged", "opened, paused or closed"),
    ("looked", "looked at a signatory"),
    ("took_out", "took a signature out of the count"),
    ("took_in", "took a signature back into the count"),
    ("exported", "exported signatories"),
    ("erased", "erased personal data, its time being over"),
    ("shredded", "destroyed the keys of personal data"),
    ("refused", "was refused"),
]


class Migration(migrations.Migration):
    dependencies = [("editorial", "0003_audit")]

    operations = [
        migrations.AlterField("auditentry", "act", models.CharField(choices=ACTS, max_length=12, verbose_name="act")),
        migrations.RemoveConstraint("auditentry", "audit_act"),
        migrations.AddConstraint(
            "auditentry",
            models.CheckConstraint(condition=models.Q(act__in=[act for act, _label in ACTS]), name="audit_act"),
        ),
    ]
