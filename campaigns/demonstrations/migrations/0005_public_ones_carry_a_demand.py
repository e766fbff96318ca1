"""A demonstration becomes public only where its campaign puts forward a public demand (PostgreSQL manual, chapter 37).

The campaign is locked first, so that a demand taken off it at the same moment is seen.
"""

from django.db import migrations

DEMANDED = """
CREATE FUNCTION demonstrations_hold_demanded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    campaign bigint;
BEGIN
    SELECT d.campaign_id INTO campaign FROM demonstration d
        WHERE d.id = NEW.id AND d.state IN ('scheduled', 'published');
    IF NOT FOUND THEN RETURN NULL; END IF;
    PERFORM FROM campaigns_campaign c WHERE c.id = campaign FOR NO KEY UPDATE;
    IF NOT campaigns_carries_demand(campaign) THEN
        RAISE EXCEPTION 'the campaign of the demonstration "%" puts forward no public demand', NEW.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'demonstration_carries_demand', TABLE = 'demonstration';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER carries_demand_added AFTER INSERT ON demonstration
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('scheduled', 'published'))
    EXECUTE FUNCTION demonstrations_hold_demanded();
CREATE CONSTRAINT TRIGGER carries_demand AFTER UPDATE OF state, campaign_id ON demonstration
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IN ('scheduled', 'published')
          AND (OLD.state NOT IN ('scheduled', 'published') OR OLD.campaign_id <> NEW.campaign_id))
    EXECUTE FUNCTION demonstrations_hold_demanded();
"""
DEMANDED_NOT = """
DROP TRIGGER carries_demand ON demonstration;
DROP TRIGGER carries_demand_added ON demonstration;
DROP FUNCTION demonstrations_hold_demanded();
"""


class Migration(migrations.Migration):
    dependencies = [("demonstrations", "0004_embargoes"), ("campaigns", "0010_demands_sourced_and_carried")]

    operations = [migrations.RunSQL(DEMANDED, DEMANDED_NOT)]
