"""Rules kept by triggers, and how the busy tables are stored (PostgreSQL manual: CREATE TRIGGER, Storage Parameters).

- What was published or agreed to stays: wordings are neither changed nor deleted.
- A petition's uuid names its secrets and its log for ever; its alias domains stay as they were when it opened, since
  another rule would let the same person sign again. Once opened it is never deleted, and once closed it stays closed.
  (Signatures refer to petitions and wordings without foreign keys and rely on this.)
- A signature leaves room in its page for the new versions that repeats, mails and confirmations write, so that most of
  them touch no index; autovacuum comes early, because blanked rows should not lie about.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION petitions_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON petition_text_version
    FOR EACH ROW EXECUTE FUNCTION petitions_refuse();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON consent_text
    FOR EACH ROW EXECUTE FUNCTION petitions_refuse();

CREATE FUNCTION petitions_hold_petition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'petition % was opened and is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.id <> OLD.id OR NEW.uuid <> OLD.uuid THEN
        RAISE EXCEPTION 'the identity of petition % never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.opened_at IS NOT NULL AND (NEW.alias_domains, NEW.opened_at) IS DISTINCT FROM (OLD.alias_domains, OLD.opened_at) THEN
        RAISE EXCEPTION 'alias domains and opening of petition % are frozen', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.stage = 'closed' AND NEW.stage <> 'closed' THEN
        RAISE EXCEPTION 'petition % is closed and stays so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_petition BEFORE UPDATE ON petition FOR EACH ROW EXECUTE FUNCTION petitions_hold_petition();
CREATE TRIGGER keep_petition BEFORE DELETE ON petition FOR EACH ROW
    WHEN (OLD.opened_at IS NOT NULL) EXECUTE FUNCTION petitions_hold_petition();
"""
NO_GUARDS = """
DROP TRIGGER keep_petition ON petition;
DROP TRIGGER hold_petition ON petition;
DROP FUNCTION petitions_hold_petition();
DROP TRIGGER only_added ON consent_text;
DROP TRIGGER only_added ON petition_text_version;
DROP FUNCTION petitions_refuse();
"""

STORAGE = """
ALTER TABLE signature SET (
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02
);
ALTER TABLE leaf_queue SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE petition_tally SET (fillfactor = 50);
ALTER TABLE ledger_head SET (fillfactor = 50);
"""
PLAIN_STORAGE = """
ALTER TABLE signature RESET (
    fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor
);
ALTER TABLE leaf_queue RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE petition_tally RESET (fillfactor);
ALTER TABLE ledger_head RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("petitions", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.RunSQL(STORAGE, PLAIN_STORAGE),
    ]
