"""A release and what changes the demands it has to answer wait for each other, whoever comes second sees the first.

Each locks the row of the publisher: what opens a demand or takes an answer away shares it, a release does not
(PostgreSQL manual, 13.3.2; the locks of foreign keys go on beside both). In READ COMMITTED the statement after the lock
sees what was committed while it waited. What is opened after a release is a matter of the next edition.
"""

from django.db import migrations

OPENS = """
CREATE FUNCTION campaigns_share_publisher(edition bigint) RETURNS void LANGUAGE sql AS $$
    SELECT p.id FROM reports_publisher p JOIN reports_reportedition e ON e.publisher_id = p.id WHERE e.id = $1
    FOR SHARE OF p
$$;
CREATE FUNCTION campaigns_open_demand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'campaigns_demand' THEN
        PERFORM campaigns_share_publisher(NEW.first_edition_id);
    ELSE
        PERFORM campaigns_share_publisher(d.first_edition_id) FROM campaigns_demand d WHERE d.id = NEW.demand_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER demand_waits_for_releases AFTER INSERT OR UPDATE OF state, first_edition_id ON campaigns_demand
    FOR EACH ROW WHEN (NEW.state IN ('scheduled', 'published')) EXECUTE FUNCTION campaigns_open_demand();
CREATE TRIGGER demand_event_waits_for_releases AFTER INSERT ON campaigns_demandevent
    FOR EACH ROW EXECUTE FUNCTION campaigns_open_demand();
"""
OPENS_NOT = """
DROP TRIGGER demand_event_waits_for_releases ON campaigns_demandevent;
DROP TRIGGER demand_waits_for_releases ON campaigns_demand;
DROP FUNCTION campaigns_open_demand();
DROP FUNCTION campaigns_share_publisher(bigint);
"""

RELEASES = """
CREATE OR REPLACE FUNCTION campaigns_hold_edition_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    silent_on text;
BEGIN
    {lock}
    SELECT string_agg(d.key, ', ' ORDER BY d.id) INTO silent_on
        FROM campaigns_demand d JOIN reports_reportedition first ON first.id = d.first_edition_id
        WHERE d.state IN ('scheduled', 'published') AND first.publisher_id = NEW.publisher_id
            AND first.period_end < NEW.period_end AND campaigns_demand_is_pending(d.id)
            AND NOT EXISTS (SELECT FROM campaigns_demandstatement s
                            WHERE s.demand_id = d.id AND s.edition_id = NEW.id);
    IF silent_on IS NOT NULL THEN
        RAISE EXCEPTION 'the edition "%" does not say what became of: %', NEW.key, silent_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'edition_answers_demands',
                  TABLE = 'reports_reportedition';
    END IF;
    RETURN NULL;
END $$;
"""
LOCKED = "PERFORM p.id FROM reports_publisher p WHERE p.id = NEW.publisher_id FOR NO KEY UPDATE;"

STAYS = """
CREATE OR REPLACE FUNCTION campaigns_keep_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {lock}
    IF EXISTS (SELECT FROM reports_reportedition e WHERE e.id = OLD.edition_id
               AND e.state IN ('scheduled', 'published', 'archived', 'retracted')) THEN
        RAISE EXCEPTION 'what a public edition says of a demand stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'demand_statement_stays',
                  TABLE = 'campaigns_demandstatement';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
SHARED = "PERFORM campaigns_share_publisher(OLD.edition_id);"


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0008_embargoes")]

    operations = [
        migrations.RunSQL(OPENS, OPENS_NOT),
        migrations.RunSQL(RELEASES.format(lock=LOCKED), RELEASES.format(lock="")),
        migrations.RunSQL(STAYS.format(lock=SHARED), STAYS.format(lock="")),
    ]
