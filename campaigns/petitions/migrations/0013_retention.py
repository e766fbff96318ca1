"""How long personal data is kept, and that what was erased or shredded is marked so for good.

No statement here rewrites a table. The signatures' rule is checked against the rows by the next migration, in a
transaction of its own that locks nobody out (PostgreSQL manual, ALTER TABLE, NOT VALID).
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

MARKS_STAY = """
CREATE FUNCTION petitions_keep_marks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at)
       OR (OLD.shredded_at IS NOT NULL AND NEW.shredded_at IS DISTINCT FROM OLD.shredded_at) THEN
        RAISE EXCEPTION 'what was erased of petition % stays erased', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_marks BEFORE UPDATE OF erased_at, shredded_at ON petition
    FOR EACH ROW EXECUTE FUNCTION petitions_keep_marks();
"""
MARKS_GO = """
DROP TRIGGER keep_marks ON petition;
DROP FUNCTION petitions_keep_marks();
"""


class Migration(migrations.Migration):
    dependencies = [("petitions", "0012_what_is_held_or_taken_out")]

    operations = [
        migrations.AddField(
            "petition",
            "keep_months",
            models.PositiveSmallIntegerField(
                db_default=6,
                default=6,
                help_text="Counted from the closing: 0 to 24. What is erased comes back never; the count stays.",
                verbose_name="months until names and addresses are erased",
            ),
        ),
        migrations.AddField(
            "petition",
            "erased_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased on"),
        ),
        migrations.AddField(
            "petition",
            "shredded_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="keys destroyed on"),
        ),
        migrations.AddConstraint(
            "petition",
            models.CheckConstraint(
                condition=Q(keep_months__range=(0, 24)),
                name="petition_keep_months",
                violation_error_message="Names and addresses are kept for 0 to 24 months after the closing.",
            ),
        ),
        migrations.AddConstraint(
            "petition",
            models.CheckConstraint(
                condition=Q(stage="closed") | Q(erased_at=None, shredded_at=None),
                name="petition_erased_if_closed",
            ),
        ),
        migrations.RunSQL(MARKS_STAY, MARKS_GO),
        AddConstraintNotValid(
            "signature",
            models.CheckConstraint(
                condition=Q(email_key__isnull=False)
                | Q(state__in=[1, 2], confirmed_at=None, mail_due_at=None) & Q(consent_text=None, consent_at=None),
                name="signature_stub_is_bare",
            ),
        ),
    ]
