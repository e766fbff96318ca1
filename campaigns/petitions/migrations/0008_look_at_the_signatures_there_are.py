"""Holds the rows that were there before to the rules of safe mode. Signing goes on meanwhile: SHARE UPDATE EXCLUSIVE."""

from django.db import migrations

VALIDATE = """
ALTER TABLE signature VALIDATE CONSTRAINT signature_one_person_if_safe;
ALTER TABLE signature VALIDATE CONSTRAINT signature_forgotten_if_safe;
"""


class Migration(migrations.Migration):
    dependencies = [("petitions", "0007_safe_mode_and_further_questions")]

    operations = [migrations.RunSQL(VALIDATE, migrations.RunSQL.noop)]
