"""No demand without a source, and no public campaign without a demand (PostgreSQL manual, chapter 37).

- A demand that is scheduled or published stands on a finding with a source that supports it. Whoever takes such a source
  away locks the finding first, then the demands that stand on it; whoever publishes one holds its row already. So of
  two transactions of which each leaves the other's half, the second one fails.
- A campaign that becomes public puts forward a demand that is public; from one that is, the last is not taken away.

What stands in the tables already is left as it is: the rules hold from the next change on.
"""

from django.db import migrations

SOURCED = """
CREATE FUNCTION campaigns_demand_lacks(campaigns_demand) RETURNS text STABLE LANGUAGE sql AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM campaigns_demandfinding f WHERE f.demand_id = $1.id) THEN 'stands on no finding'
        WHEN $1.state IN ('scheduled', 'published') AND NOT EXISTS (
            SELECT FROM campaigns_demandfinding f JOIN reports_evidence e ON e.finding_id = f.finding_id
            WHERE f.demand_id = $1.id AND e.relation = 'supports') THEN 'has no source'
    END
$$;
CREATE OR REPLACE FUNCTION campaigns_hold_demand_grounded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint;
    demand campaigns_demand;
    lacks text;
BEGIN
    IF TG_TABLE_NAME = 'campaigns_demand' THEN touched := NEW.id;
    ELSE touched := OLD.demand_id;
    END IF;
    SELECT * INTO demand FROM campaigns_demand d
        WHERE d.id = touched AND d.state IN ('scheduled', 'published', 'archived', 'retracted') FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    lacks := campaigns_demand_lacks(demand);
    IF lacks IS NOT NULL THEN
        RAISE EXCEPTION 'the demand "%" is public and %', demand.key, lacks
            USING ERRCODE = 'check_violation', CONSTRAINT = 'demand_grounded', TABLE = 'campaigns_demand';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION campaigns_hold_demands_sourced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    demand campaigns_demand;
BEGIN
    PERFORM FROM reports_finding f WHERE f.id = OLD.finding_id FOR UPDATE;
    FOR demand IN
        SELECT d.* FROM campaigns_demand d JOIN campaigns_demandfinding f ON f.demand_id = d.id
        WHERE f.finding_id = OLD.finding_id ORDER BY d.id FOR NO KEY UPDATE OF d
    LOOP
        IF demand.state IN ('scheduled', 'published') AND campaigns_demand_lacks(demand) IS NOT NULL THEN
            RAISE EXCEPTION 'the demand "%" is public and has no other source', demand.key
                USING ERRCODE = 'check_violation', CONSTRAINT = 'demand_grounded', TABLE = 'campaigns_demand';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER demand_grounded AFTER UPDATE OR DELETE ON reports_evidence
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.relation = 'supports')
    EXECUTE FUNCTION campaigns_hold_demands_sourced();
"""
SOURCED_NOT = """
DROP TRIGGER demand_grounded ON reports_evidence;
DROP FUNCTION campaigns_hold_demands_sourced();
CREATE OR REPLACE FUNCTION campaigns_hold_demand_grounded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint;
    demand campaigns_demand;
BEGIN
    IF TG_TABLE_NAME = 'campaigns_demand' THEN touched := NEW.id;
    ELSE touched := OLD.demand_id;
    END IF;
    SELECT * INTO demand FROM campaigns_demand d
        WHERE d.id = touched AND d.state IN ('scheduled', 'published', 'archived', 'retracted') FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (SELECT FROM campaigns_demandfinding f WHERE f.demand_id = touched) THEN
        RAISE EXCEPTION 'the demand "%" is public and stands on no finding', demand.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'demand_grounded', TABLE = 'campaigns_demand';
    END IF;
    RETURN NULL;
END $$;
DROP FUNCTION campaigns_demand_lacks(campaigns_demand);
"""

# Whoever adds a demand to a campaign holds it, so that nobody takes it out of public sight before both are known.
CARRIED = """
CREATE FUNCTION campaigns_carries_demand(bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM campaigns_campaigndemand c JOIN campaigns_demand d ON d.id = c.demand_id
                   WHERE c.campaign_id = $1 AND d.state IN ('scheduled', 'published', 'archived'))
$$;
CREATE FUNCTION campaigns_hold_carried() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint;
    campaign campaigns_campaign;
BEGIN
    IF TG_TABLE_NAME = 'campaigns_campaign' THEN touched := NEW.id;
    ELSE touched := OLD.campaign_id;
    END IF;
    SELECT * INTO campaign FROM campaigns_campaign c
        WHERE c.id = touched AND c.state IN ('scheduled', 'published') FOR NO KEY UPDATE;
    IF FOUND AND NOT campaigns_carries_demand(touched) THEN
        RAISE EXCEPTION 'the campaign "%" is public and puts forward no public demand', campaign.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'campaign_carries_demand', TABLE = 'campaigns_campaign';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER carries_demand_added AFTER INSERT ON campaigns_campaign
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('scheduled', 'published'))
    EXECUTE FUNCTION campaigns_hold_carried();
CREATE CONSTRAINT TRIGGER carries_demand AFTER UPDATE OF state ON campaigns_campaign
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IN ('scheduled', 'published') AND OLD.state NOT IN ('scheduled', 'published'))
    EXECUTE FUNCTION campaigns_hold_carried();
CREATE CONSTRAINT TRIGGER carries_demand AFTER UPDATE OR DELETE ON campaigns_campaigndemand
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION campaigns_hold_carried();
CREATE FUNCTION campaigns_hold_added_demand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM campaigns_demand d WHERE d.id = NEW.demand_id FOR SHARE;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_demand BEFORE INSERT OR UPDATE OF demand_id ON campaigns_campaigndemand
    FOR EACH ROW EXECUTE FUNCTION campaigns_hold_added_demand();
"""
CARRIED_NOT = """
DROP TRIGGER hold_demand ON campaigns_campaigndemand;
DROP FUNCTION campaigns_hold_added_demand();
DROP TRIGGER carries_demand ON campaigns_campaigndemand;
DROP TRIGGER carries_demand ON campaigns_campaign;
DROP TRIGGER carries_demand_added ON campaigns_campaign;
DROP FUNCTION campaigns_hold_carried();
DROP FUNCTION campaigns_carries_demand(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0009_releases_wait_for_demands"), ("reports", "0006_embargoes")]

    operations = [
        migrations.RunSQL(SOURCED, SOURCED_NOT),
        migrations.RunSQL(CARRIED, CARRIED_NOT),
    ]
