"""Whether a mail is asked for because codes are used up. The table holds requests of seconds: nothing is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("petitions", "0015_embargoes")]

    operations = [
        migrations.AddField("mailrequest", "codes_used_up", models.BooleanField(db_default=False)),
    ]
