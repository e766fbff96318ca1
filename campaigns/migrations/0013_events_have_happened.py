"""Only what has happened is told of a demand, whoever adds the row (PostgreSQL manual, CREATE TRIGGER).

A day begins at UTC+14 first, so the last day that can have begun for whoever tells of it is the day there. Rows that are
there already stay: they can neither be changed nor taken away.
"""

from django.db import migrations

HAPPENED = """
CREATE FUNCTION campaigns_hold_event_happened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."on" > ((now() AT TIME ZONE 'UTC') + interval '14 hours')::date THEN
        RAISE EXCEPTION 'the event of a demand on % is still to come', NEW."on"
            USING ERRCODE = 'check_violation', CONSTRAINT = 'demand_event_has_happened',
                  TABLE = 'campaigns_demandevent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER has_happened BEFORE INSERT ON campaigns_demandevent
    FOR EACH ROW EXECUTE FUNCTION campaigns_hold_event_happened();
"""
HAPPENED_NOT = """
DROP TRIGGER has_happened ON campaigns_demandevent;
DROP FUNCTION campaigns_hold_event_happened();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0012_demands_out_in_time")]
    operations = [migrations.RunSQL(HAPPENED, HAPPENED_NOT)]
