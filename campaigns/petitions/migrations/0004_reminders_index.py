"""Built beside the running mailers: the table grows with every mail that was ever sent."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("petitions", "0003_reminders")]

    operations = [
        AddIndexConcurrently(
            model_name="mailboxmail",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False)), fields=["remind_at"], name="mailbox_mail_remind"
            ),
        ),
    ]
