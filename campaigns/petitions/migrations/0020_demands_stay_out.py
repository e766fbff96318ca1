"""The last demand of an open petition is not put off (PostgreSQL manual, chapter 37)."""

from django.db import migrations

HOLDS = """
CREATE CONSTRAINT TRIGGER open_petition_carries_in_time AFTER UPDATE OF release_at ON campaigns_demand
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.release_at IS DISTINCT FROM OLD.release_at)
    EXECUTE FUNCTION petitions_hold_demanded();
"""
HOLDS_NOT = "DROP TRIGGER open_petition_carries_in_time ON campaigns_demand;"


class Migration(migrations.Migration):
    dependencies = [("petitions", "0019_withdrawn_after_an_export"), ("campaigns", "0012_demands_out_in_time")]
    operations = [migrations.RunSQL(HOLDS, HOLDS_NOT)]
