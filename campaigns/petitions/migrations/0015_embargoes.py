"""An embargo that was agreed to ends early only where two people say so (PostgreSQL manual: CREATE TRIGGER)."""

from django.db import migrations

HOLDS = """
CREATE TRIGGER hold_embargo BEFORE UPDATE OF release_at ON petition FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'scheduled', 'published', 'archived', 'retracted')
          AND OLD.release_at > clock_timestamp() AND (NEW.release_at IS NULL OR NEW.release_at < OLD.release_at))
    EXECUTE FUNCTION editorial_hold_embargo('petitions.petition');
"""
HOLDS_NOT = """
DROP TRIGGER hold_embargo ON petition;
"""


class Migration(migrations.Migration):
    dependencies = [("petitions", "0014_stubs_are_bare"), ("editorial", "0006_embargo_lifts")]
    operations = [migrations.RunSQL(HOLDS, HOLDS_NOT)]
