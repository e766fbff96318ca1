"""What follows from a row by itself (PostgreSQL manual, chapter 37 and CREATE TRIGGER).

- The sequence number of a calendar entry (RFC 5545, 3.8.7.4) grows by one when time, place or status of a public
  demonstration change, and at nothing else. Where people meet, in words, is a place too: the original text's counts.
- The tally is what the pledges come to: it moves in the statement that writes one, whoever writes it. Once the pledges
  are erased it stays as it was, until the demonstration is called anew: then it begins at zero. (A new row is tried
  last and only with a number above zero: an upsert would hold a negative change to the rule that none is below zero.)
- A demonstration's uuid names its secrets for ever, and one with pledges is never deleted (they refer to it without a
  foreign key).
- Pledges leave room in their page for new versions; autovacuum comes early, because deleted rows should not lie about.
"""

from django.db import migrations

SEQUENCE = """
CREATE FUNCTION demonstrations_move_sequence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.uuid <> OLD.uuid THEN
        RAISE EXCEPTION 'the identity of demonstration % never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF pg_trigger_depth() > 1 THEN RETURN NEW; END IF;
    NEW.sequence := OLD.sequence;
    NEW.changed_at := OLD.changed_at;
    IF OLD.state IN ('scheduled', 'published', 'archived', 'retracted')
        AND (NEW.starts, NEW.ends, NEW.zone, NEW.starts_fold, NEW.ends_fold, NEW.place_id, NEW.status)
        IS DISTINCT FROM (OLD.starts, OLD.ends, OLD.zone, OLD.starts_fold, OLD.ends_fold, OLD.place_id, OLD.status)
    THEN
        NEW.sequence := OLD.sequence + 1;
        NEW.changed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER move_sequence BEFORE UPDATE ON demonstration FOR EACH ROW EXECUTE FUNCTION demonstrations_move_sequence();

CREATE FUNCTION demonstrations_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pledge WHERE demonstration_id = OLD.id) THEN
        RAISE EXCEPTION 'demonstration % has pledges and is not deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_demonstration BEFORE DELETE ON demonstration FOR EACH ROW EXECUTE FUNCTION demonstrations_keep();

CREATE FUNCTION demonstrations_move_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE demonstration SET sequence = sequence + 1, changed_at = clock_timestamp()
        WHERE id = NEW.demonstration_id AND original_lang = NEW.lang
        AND state IN ('scheduled', 'published', 'archived', 'retracted');
    RETURN NULL;
END $$;
CREATE TRIGGER move_place AFTER UPDATE OF city, place_text ON demonstration_text FOR EACH ROW
    WHEN ((OLD.city, OLD.place_text) IS DISTINCT FROM (NEW.city, NEW.place_text))
    EXECUTE FUNCTION demonstrations_move_place();
"""
NO_SEQUENCE = """
DROP TRIGGER move_place ON demonstration_text;
DROP FUNCTION demonstrations_move_place();
DROP TRIGGER keep_demonstration ON demonstration;
DROP FUNCTION demonstrations_keep();
DROP TRIGGER move_sequence ON demonstration;
DROP FUNCTION demonstrations_move_sequence();
"""

TALLY = """
CREATE FUNCTION demonstrations_count_pledge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mail integer := 0;
    code integer := 0;
    which integer;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        which := OLD.demonstration_id;
        IF OLD.confirmed_at IS NOT NULL AND OLD.by_mail THEN mail := mail - OLD.size; END IF;
        IF OLD.confirmed_at IS NOT NULL AND NOT OLD.by_mail THEN code := code - OLD.size; END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        which := NEW.demonstration_id;
        IF NEW.confirmed_at IS NOT NULL AND NEW.by_mail THEN mail := mail + NEW.size; END IF;
        IF NEW.confirmed_at IS NOT NULL AND NOT NEW.by_mail THEN code := code + NEW.size; END IF;
    END IF;
    IF mail = 0 AND code = 0 THEN RETURN NULL; END IF;
    UPDATE pledge_tally t SET by_mail = t.by_mail + mail, by_code = t.by_code + code
        WHERE t.demonstration_id = which AND t.erased_at IS NULL;
    IF NOT FOUND AND mail >= 0 AND code >= 0 THEN
        INSERT INTO pledge_tally AS t (demonstration_id, by_mail, by_code) VALUES (which, mail, code)
            ON CONFLICT (demonstration_id) DO UPDATE
            SET by_mail = t.by_mail + mail, by_code = t.by_code + code WHERE t.erased_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_new AFTER INSERT ON pledge FOR EACH ROW
    WHEN (NEW.confirmed_at IS NOT NULL) EXECUTE FUNCTION demonstrations_count_pledge();
CREATE TRIGGER count_changed AFTER UPDATE OF size, confirmed_at, by_mail ON pledge FOR EACH ROW
    EXECUTE FUNCTION demonstrations_count_pledge();
CREATE TRIGGER count_gone AFTER DELETE ON pledge FOR EACH ROW
    WHEN (OLD.confirmed_at IS NOT NULL) EXECUTE FUNCTION demonstrations_count_pledge();

CREATE FUNCTION demonstrations_begin_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM pledge_tally WHERE demonstration_id = NEW.id AND erased_at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER begin_anew AFTER UPDATE OF ends_at ON demonstration FOR EACH ROW
    WHEN (OLD.ends_at <= now() AND NEW.ends_at > now()) EXECUTE FUNCTION demonstrations_begin_anew();
"""
NO_TALLY = """
DROP TRIGGER begin_anew ON demonstration;
DROP FUNCTION demonstrations_begin_anew();
DROP TRIGGER count_gone ON pledge;
DROP TRIGGER count_changed ON pledge;
DROP TRIGGER count_new ON pledge;
DROP FUNCTION demonstrations_count_pledge();
"""

STORAGE = """
ALTER TABLE pledge SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 50);
ALTER TABLE pledge_tally SET (fillfactor = 50);
"""
PLAIN_STORAGE = """
ALTER TABLE pledge_tally RESET (fillfactor);
ALTER TABLE pledge RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
"""


class Migration(migrations.Migration):
    dependencies = [("demonstrations", "0001_initial")]

    operations = [
        migrations.RunSQL(SEQUENCE, NO_SEQUENCE),
        migrations.RunSQL(TALLY, NO_TALLY),
        migrations.RunSQL(STORAGE, PLAIN_STORAGE),
    ]
