"""An embargo that was agreed to ends early only where two people say so (PostgreSQL manual: CREATE TRIGGER)."""

from django.db import migrations

HOLDS = """
CREATE TRIGGER hold_embargo BEFORE UPDATE OF release_at ON campaigns_campaign FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'scheduled', 'published', 'archived', 'retracted')
          AND OLD.release_at > clock_timestamp() AND (NEW.release_at IS NULL OR NEW.release_at < OLD.release_at))
    EXECUTE FUNCTION editorial_hold_embargo('campaigns.campaign');
CREATE TRIGGER hold_embargo BEFORE UPDATE OF release_at ON campaigns_demand FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'scheduled', 'published', 'archived', 'retracted')
          AND OLD.release_at > clock_timestamp() AND (NEW.release_at IS NULL OR NEW.release_at < OLD.release_at))
    EXECUTE FUNCTION editorial_hold_embargo('campaigns.demand');
"""
HOLDS_NOT = """
DROP TRIGGER hold_embargo ON campaigns_campaign;
DROP TRIGGER hold_embargo ON campaigns_demand;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_demand_statements"), ("editorial", "0006_embargo_lifts")]
    operations = [migrations.RunSQL(HOLDS, HOLDS_NOT)]
