"""The audit log, and the triggers that make it grow only (PostgreSQL manual: CREATE TRIGGER)."""

from django.db import migrations, models
from django.db.models.functions import Now

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
    ("refused", "was refused"),
]

GROWS_ONLY = """
CREATE FUNCTION editorial_refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the audit log are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON editorial_auditentry
    FOR EACH ROW EXECUTE FUNCTION editorial_refuse_forgetting();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON editorial_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION editorial_refuse_forgetting();
"""
GROWS_NOT = """
DROP TRIGGER never_emptied ON editorial_auditentry;
DROP TRIGGER only_added ON editorial_auditentry;
DROP FUNCTION editorial_refuse_forgetting();
"""


class Migration(migrations.Migration):
    dependencies = [("editorial", "0002_page_generation")]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=Now(), verbose_name="when")),
                ("actor_id", models.BigIntegerField(null=True, verbose_name="account")),
                ("actor_email", models.CharField(blank=True, max_length=254, verbose_name="who")),
                ("act", models.CharField(choices=ACTS, max_length=12, verbose_name="act")),
                ("object_type", models.CharField(max_length=60, verbose_name="kind of object")),
                ("object_id", models.CharField(blank=True, max_length=60, verbose_name="object")),
                ("label", models.CharField(blank=True, max_length=200, verbose_name="name of the object")),
                ("organisation_id", models.BigIntegerField(null=True, verbose_name="organisation")),
                ("detail", models.JSONField(default=dict, verbose_name="detail")),
            ],
            options={
                "verbose_name": "entry of the audit log",
                "verbose_name_plural": "audit log",
                "indexes": [
                    models.Index(fields=["organisation_id", "-id"], name="audit_of_organisation"),
                    models.Index(fields=["object_type", "object_id", "-id"], name="audit_of_object"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(act__in=[act for act, _label in ACTS]), name="audit_act")
                ],
            },
        ),
        migrations.RunSQL(GROWS_ONLY, GROWS_NOT),
    ]
