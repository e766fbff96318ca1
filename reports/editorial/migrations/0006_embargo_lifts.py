"""Who ends an embargo early, in which zone staff read times, and the rule that it takes two people.

PostgreSQL manual, chapter 37 and CREATE TRIGGER: every publishable table calls the function before a release time moves
to an earlier moment, with the name of its kind.
"""

import django.db.models.functions.datetime
from django.db import migrations, models

HOLDS = """
CREATE FUNCTION editorial_hold_embargo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM editorial_embargolift l
                   WHERE l.object_type = TG_ARGV[0] AND l.object_id = NEW.id AND l.embargo = OLD.release_at
                       AND l.agreed_by IS NOT NULL) THEN
        RAISE EXCEPTION 'an embargo ends early only where two people say so'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'embargo_two_people', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION editorial_keep_lift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.agreed_by IS NULL AND (NEW.id, NEW.object_type, NEW.object_id, NEW.embargo,
        NEW.asked_by, NEW.asked_email, NEW.asked_at) = (OLD.id, OLD.object_type, OLD.object_id, OLD.embargo,
        OLD.asked_by, OLD.asked_email, OLD.asked_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'who asked and who agreed stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keep_lift BEFORE UPDATE OR DELETE ON editorial_embargolift
    FOR EACH ROW EXECUTE FUNCTION editorial_keep_lift();
"""
HOLDS_NOT = """
DROP TRIGGER keep_lift ON editorial_embargolift;
DROP FUNCTION editorial_keep_lift();
DROP FUNCTION editorial_hold_embargo();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0005_corrections"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="zone",
            field=models.CharField(db_default="UTC", default="UTC", max_length=40, verbose_name="time zone"),
        ),
        migrations.CreateModel(
            name="EmbargoLift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.BigIntegerField()),
                ("embargo", models.DateTimeField(verbose_name="embargo until")),
                ("asked_by", models.BigIntegerField()),
                ("asked_email", models.CharField(max_length=254)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("agreed_by", models.BigIntegerField(null=True)),
                ("agreed_email", models.CharField(blank=True, max_length=254)),
                ("agreed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("object_type", "object_id", "embargo"), name="embargo_lift_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed_by", None),
                            models.Q(("agreed_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="embargo_lift_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreed_at", None), ("agreed_by", None)),
                            models.Q(("agreed_at__isnull", False), ("agreed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="embargo_lift_agreed",
                    ),
                ],
            },
        ),
        migrations.RunSQL(HOLDS, HOLDS_NOT),
    ]
