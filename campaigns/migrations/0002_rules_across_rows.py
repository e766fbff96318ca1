"""Rules that span rows, kept by triggers (PostgreSQL manual, chapter 37 and CREATE TRIGGER).

- A public demand stands on a finding at least: checked when the transaction ends, with the demand locked first.
- What happened to a demand is only ever added, never changed or taken away.
- The slug that a published campaign text gives up keeps leading to the page.
"""

from django.db import migrations

STANDS = """
CREATE FUNCTION campaigns_hold_demand_grounded() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER demand_grounded AFTER INSERT OR UPDATE ON campaigns_demand
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION campaigns_hold_demand_grounded();
CREATE CONSTRAINT TRIGGER demand_grounded AFTER UPDATE OR DELETE ON campaigns_demandfinding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION campaigns_hold_demand_grounded();
"""
STANDS_NOT = """
DROP TRIGGER demand_grounded ON campaigns_demandfinding;
DROP TRIGGER demand_grounded ON campaigns_demand;
DROP FUNCTION campaigns_hold_demand_grounded();
"""

EVENTS = """
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON campaigns_demandevent
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_change();
"""
NO_EVENTS = "DROP TRIGGER only_added ON campaigns_demandevent;"

SLUGS = """
CREATE FUNCTION campaigns_keep_campaign_slug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaigns_formercampaignslug (campaign_id, lang, slug) VALUES (OLD.campaign_id, OLD.lang, OLD.slug)
        ON CONFLICT (lang, slug) DO UPDATE SET campaign_id = EXCLUDED.campaign_id;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_slug AFTER UPDATE OF slug ON campaigns_campaigntext FOR EACH ROW
    WHEN (OLD.state = 'published' AND OLD.slug <> NEW.slug) EXECUTE FUNCTION campaigns_keep_campaign_slug();
"""
NO_SLUGS = """
DROP TRIGGER keep_slug ON campaigns_campaigntext;
DROP FUNCTION campaigns_keep_campaign_slug();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("reports", "0002_rules_across_rows")]
    operations = [
        migrations.RunSQL(STANDS, STANDS_NOT),
        migrations.RunSQL(EVENTS, NO_EVENTS),
        migrations.RunSQL(SLUGS, NO_SLUGS),
    ]
