"""Check the rows that were there before; reading them locks out neither signers nor readers."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("petitions", "0013_retention")]

    operations = [ValidateConstraint("signature", "signature_stub_is_bare")]
