"""Nobody can be asked to sign for nothing (PostgreSQL manual, chapter 37).

A petition opens only where its campaign puts forward a public demand; and while it is open, the last one is neither
taken off the campaign nor out of public sight. Every check locks the campaign first: of an opening and a taking away at
the same moment, the second one fails. No signature's row is read.
"""

from django.db import migrations

DEMANDED = """
CREATE FUNCTION petitions_hold_demanded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
    campaign bigint;
    open_petition text;
BEGIN
    IF TG_TABLE_NAME = 'petition' THEN touched := ARRAY[NEW.campaign_id];
    ELSIF TG_TABLE_NAME = 'campaigns_campaigndemand' THEN touched := ARRAY[OLD.campaign_id];
    ELSE touched := ARRAY(SELECT c.campaign_id FROM campaigns_campaigndemand c WHERE c.demand_id = NEW.id);
    END IF;
    FOR campaign IN
        SELECT c.id FROM campaigns_campaign c WHERE c.id = ANY (touched) ORDER BY c.id FOR NO KEY UPDATE
    LOOP
        SELECT p.key INTO open_petition FROM petition p WHERE p.campaign_id = campaign AND p.stage = 'open' LIMIT 1;
        IF FOUND AND NOT campaigns_carries_demand(campaign) THEN
            RAISE EXCEPTION 'the campaign of the open petition "%" puts forward no public demand', open_petition
                USING ERRCODE = 'check_violation', CONSTRAINT = 'petition_carries_demand', TABLE = 'petition';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER carries_demand_added AFTER INSERT ON petition
    FOR EACH ROW WHEN (NEW.stage = 'open') EXECUTE FUNCTION petitions_hold_demanded();
CREATE TRIGGER carries_demand AFTER UPDATE OF stage, campaign_id ON petition
    FOR EACH ROW WHEN (NEW.stage = 'open' AND (OLD.stage <> 'open' OR OLD.campaign_id <> NEW.campaign_id))
    EXECUTE FUNCTION petitions_hold_demanded();
CREATE CONSTRAINT TRIGGER open_petition_carries AFTER UPDATE OR DELETE ON campaigns_campaigndemand
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION petitions_hold_demanded();
CREATE CONSTRAINT TRIGGER open_petition_carries AFTER UPDATE OF state ON campaigns_demand
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.state IN ('scheduled', 'published', 'archived') AND NEW.state NOT IN ('scheduled', 'published', 'archived'))
    EXECUTE FUNCTION petitions_hold_demanded();
"""
DEMANDED_NOT = """
DROP TRIGGER open_petition_carries ON campaigns_demand;
DROP TRIGGER open_petition_carries ON campaigns_campaigndemand;
DROP TRIGGER carries_demand ON petition;
DROP TRIGGER carries_demand_added ON petition;
DROP FUNCTION petitions_hold_demanded();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0016_a_link_for_whoever_had_codes"),
        ("campaigns", "0010_demands_sourced_and_carried"),
    ]

    operations = [migrations.RunSQL(DEMANDED, DEMANDED_NOT)]
