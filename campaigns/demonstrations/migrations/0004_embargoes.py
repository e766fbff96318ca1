"""An embargo that was agreed to ends early only where two people say so (PostgreSQL manual: CREATE TRIGGER)."""

from django.db import migrations

HOLDS = """
CREATE TRIGGER hold_embargo BEFORE UPDATE OF release_at ON demonstration FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'scheduled', 'published', 'archived', 'retracted')
          AND OLD.release_at > clock_timestamp() AND (NEW.release_at IS NULL OR NEW.release_at < OLD.release_at))
    EXECUTE FUNCTION editorial_hold_embargo('demonstrations.demonstration');
"""
HOLDS_NOT = """
DROP TRIGGER hold_embargo ON demonstration;
"""


class Migration(migrations.Migration):
    dependencies = [("demonstrations", "0003_search"), ("editorial", "0006_embargo_lifts")]
    operations = [migrations.RunSQL(HOLDS, HOLDS_NOT)]
