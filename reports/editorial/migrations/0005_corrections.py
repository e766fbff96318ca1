"""Corrections, which are only ever added and never dated back (PostgreSQL manual: CREATE TRIGGER)."""

from django.db import migrations, models
from django.db.models.functions import Now

KINDS = [
    ("correction", "Correction: it was wrong"),
    ("clarification", "Clarification: it could be misread"),
    ("update", "Update: something happened since"),
    ("retraction", "Retraction: we no longer stand by it"),
]

GUARDS = """
CREATE FUNCTION editorial_hold_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'corrections are only ever added' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.at < transaction_timestamp() OR NEW.at > clock_timestamp() THEN
        RAISE EXCEPTION 'a correction bears the moment it is written' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'correction_not_dated_back', TABLE = 'editorial_correction';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_correction BEFORE INSERT OR UPDATE OR DELETE ON editorial_correction
    FOR EACH ROW EXECUTE FUNCTION editorial_hold_correction();
"""
NO_GUARDS = """
DROP TRIGGER hold_correction ON editorial_correction;
DROP FUNCTION editorial_hold_correction();
"""


class Migration(migrations.Migration):
    dependencies = [("editorial", "0004_erasures_in_the_audit_log")]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.BigIntegerField()),
                ("lang", models.CharField(max_length=12, verbose_name="language")),
                ("at", models.DateTimeField(db_default=Now(), verbose_name="when")),
                ("kind", models.CharField(choices=KINDS, max_length=13, verbose_name="kind")),
                ("was", models.TextField(verbose_name="what it said")),
                ("now", models.TextField(blank=True, verbose_name="what it says now")),
                ("reason", models.CharField(max_length=600, verbose_name="reason")),
                ("version_from", models.PositiveIntegerField(null=True)),
                ("version_to", models.PositiveIntegerField(null=True)),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "indexes": [models.Index(fields=["object_type", "object_id", "-id"], name="correction_of_object")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", [kind for kind, _label in KINDS])), name="correction_kind"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason__regex", "\\S")), name="correction_reason"),
                    models.CheckConstraint(
                        condition=models.Q(("was", models.F("now")), _negated=True),
                        name="correction_changes_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "retraction"), ("now", "")),
                            models.Q(
                                models.Q(("kind", "retraction"), _negated=True),
                                models.Q(("now", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_says_what_holds_now",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
