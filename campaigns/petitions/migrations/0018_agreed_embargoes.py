"""What is held under an embargo goes back to a draft only where two people ended the embargo (PostgreSQL manual: CREATE
TRIGGER): a draft's time moves freely, so one person alone could lift it that way."""

from django.db import migrations

HELD = "'approved', 'scheduled', 'published', 'archived', 'retracted'"
KINDS = {
    "petition": "petitions.petition",
}
HOLDS = "".join(
    f"""
CREATE TRIGGER hold_embargo_state BEFORE UPDATE OF state ON {table} FOR EACH ROW
    WHEN (OLD.state IN ({HELD}) AND NEW.state IN ('draft', 'in_review') AND OLD.release_at > clock_timestamp())
    EXECUTE FUNCTION editorial_hold_embargo('{kind}');
"""
    for table, kind in KINDS.items()
)
HOLDS_NOT = "".join(f"DROP TRIGGER hold_embargo_state ON {table};" for table in KINDS)


class Migration(migrations.Migration):
    dependencies = [("petitions", "0017_open_petitions_carry_a_demand"), ("editorial", "0006_embargo_lifts")]
    operations = [migrations.RunSQL(HOLDS, HOLDS_NOT)]
