"""An embargo that was agreed to ends early only where two people say so (PostgreSQL manual: CREATE TRIGGER)."""

from django.db import migrations

HOLDS = """
CREATE TRIGGER hold_embargo BEFORE UPDATE OF release_at ON reports_reportedition FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'scheduled', 'published', 'archived', 'retracted')
          AND OLD.release_at > clock_timestamp() AND (NEW.release_at IS NULL OR NEW.release_at < OLD.release_at))
    EXECUTE FUNCTION editorial_hold_embargo('reports.reportedition');
CREATE TRIGGER hold_embargo BEFORE UPDATE OF release_at ON reports_themeinedition FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'scheduled', 'published', 'archived', 'retracted')
          AND OLD.release_at > clock_timestamp() AND (NEW.release_at IS NULL OR NEW.release_at < OLD.release_at))
    EXECUTE FUNCTION editorial_hold_embargo('reports.themeinedition');
CREATE TRIGGER hold_embargo BEFORE UPDATE OF release_at ON reports_finding FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'scheduled', 'published', 'archived', 'retracted')
          AND OLD.release_at > clock_timestamp() AND (NEW.release_at IS NULL OR NEW.release_at < OLD.release_at))
    EXECUTE FUNCTION editorial_hold_embargo('reports.finding');
CREATE TRIGGER hold_embargo BEFORE UPDATE OF release_at ON reports_voice FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'scheduled', 'published', 'archived', 'retracted')
          AND OLD.release_at > clock_timestamp() AND (NEW.release_at IS NULL OR NEW.release_at < OLD.release_at))
    EXECUTE FUNCTION editorial_hold_embargo('reports.voice');
CREATE TRIGGER hold_embargo BEFORE UPDATE OF release_at ON reports_instrument FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'scheduled', 'published', 'archived', 'retracted')
          AND OLD.release_at > clock_timestamp() AND (NEW.release_at IS NULL OR NEW.release_at < OLD.release_at))
    EXECUTE FUNCTION editorial_hold_embargo('reports.instrument');
"""
HOLDS_NOT = """
DROP TRIGGER hold_embargo ON reports_reportedition;
DROP TRIGGER hold_embargo ON reports_themeinedition;
DROP TRIGGER hold_embargo ON reports_finding;
DROP TRIGGER hold_embargo ON reports_voice;
DROP TRIGGER hold_embargo ON reports_instrument;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_comparisons"), ("editorial", "0006_embargo_lifts")]
    operations = [migrations.RunSQL(HOLDS, HOLDS_NOT)]
