"""A demand counts for a campaign only if it is out by the time the campaign is (PostgreSQL manual, chapter 37).

One that is scheduled for later would leave people to sign for something that they cannot read. So a campaign's release
does not move before that of its only demand.
"""

from django.db import migrations

CARRIES = """
CREATE OR REPLACE FUNCTION campaigns_carries_demand(bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM campaigns_campaigndemand c JOIN campaigns_demand d ON d.id = c.demand_id{joined}
                   WHERE c.campaign_id = $1 AND d.state IN ('scheduled', 'published', 'archived'){in_time})
$$;
"""
IN_TIME = CARRIES.format(
    joined=" JOIN campaigns_campaign a ON a.id = c.campaign_id",
    in_time=" AND coalesce(d.release_at <= greatest(now(), a.release_at), true)",
)
HOLDS = """
CREATE CONSTRAINT TRIGGER carries_demand_in_time AFTER UPDATE OF release_at ON campaigns_campaign
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.release_at IS DISTINCT FROM OLD.release_at)
    EXECUTE FUNCTION campaigns_hold_carried();
"""
HOLDS_NOT = "DROP TRIGGER carries_demand_in_time ON campaigns_campaign;"


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0011_agreed_embargoes")]
    operations = [
        migrations.RunSQL(IN_TIME, CARRIES.format(joined="", in_time="")),
        migrations.RunSQL(HOLDS, HOLDS_NOT),
    ]
