"""Rules that span rows, kept by triggers (PostgreSQL manual, chapter 37 and CREATE TRIGGER).

- A public finding is complete: checked when the transaction ends, so that rows may come in any order. The check locks
  the finding first; so of two transactions that each take away one of its last two sources, the second one fails.
- The slug that a published theme text gives up keeps leading to the page.
- Words of a finding that the public could read are kept when they are replaced.
"""

from django.db import migrations

COMPLETE = """
CREATE FUNCTION reports_finding_lacks(reports_finding) RETURNS text STABLE LANGUAGE sql AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM reports_findingtext t
                         WHERE t.finding_id = $1.id AND t.lang = $1.original_lang AND t.state = 'published')
            THEN 'a published text in its original language'
        WHEN NOT EXISTS (SELECT FROM reports_evidence e WHERE e.finding_id = $1.id AND e.relation = 'supports')
            THEN 'a source that supports it'
        WHEN NOT EXISTS (SELECT FROM reports_findingtheme t WHERE t.finding_id = $1.id AND t."primary")
            THEN 'a home theme'
        WHEN $1.scope = 'places' AND NOT EXISTS (SELECT FROM reports_findingplace p
                         WHERE p.finding_id = $1.id AND p.role IN ('where', 'affected', 'actor'))
            THEN 'a place where it happened, whose people it affected or whose authorities acted'
        WHEN $1.attribution = 'alleged' AND NOT EXISTS (SELECT FROM reports_findingtext t
                         WHERE t.finding_id = $1.id AND t.lang = $1.original_lang AND t.reply <> '')
            THEN 'the reply of the accused side, or that none was asked for or came'
    END
$$;

CREATE FUNCTION reports_hold_finding_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint;
    finding reports_finding;
    missing text;
BEGIN
    IF TG_TABLE_NAME = 'reports_finding' THEN touched := NEW.id;
    ELSE touched := OLD.finding_id;
    END IF;
    SELECT * INTO finding FROM reports_finding f
        WHERE f.id = touched AND f.state IN ('scheduled', 'published', 'archived', 'retracted') FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    missing := reports_finding_lacks(finding);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'the finding "%" is public and lacks %', finding.key, missing
            USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_complete', TABLE = 'reports_finding';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER finding_complete AFTER INSERT OR UPDATE ON reports_finding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_hold_finding_complete();
CREATE CONSTRAINT TRIGGER finding_complete AFTER UPDATE OR DELETE ON reports_findingtext
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_hold_finding_complete();
CREATE CONSTRAINT TRIGGER finding_complete AFTER UPDATE OR DELETE ON reports_evidence
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_hold_finding_complete();
CREATE CONSTRAINT TRIGGER finding_complete AFTER UPDATE OR DELETE ON reports_findingtheme
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_hold_finding_complete();
CREATE CONSTRAINT TRIGGER finding_complete AFTER UPDATE OR DELETE ON reports_findingplace
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_hold_finding_complete();
"""
NOT_COMPLETE = """
DROP TRIGGER finding_complete ON reports_findingplace;
DROP TRIGGER finding_complete ON reports_findingtheme;
DROP TRIGGER finding_complete ON reports_evidence;
DROP TRIGGER finding_complete ON reports_findingtext;
DROP TRIGGER finding_complete ON reports_finding;
DROP FUNCTION reports_hold_finding_complete();
DROP FUNCTION reports_finding_lacks(reports_finding);
"""

SLUGS = """
CREATE FUNCTION reports_keep_theme_slug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_formerthemeslug (theme_id, lang, slug) VALUES (OLD.theme_id, OLD.lang, OLD.slug)
        ON CONFLICT (lang, slug) DO UPDATE SET theme_id = EXCLUDED.theme_id;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_slug AFTER UPDATE OF slug ON reports_themetext FOR EACH ROW
    WHEN (OLD.state = 'published' AND OLD.slug <> NEW.slug) EXECUTE FUNCTION reports_keep_theme_slug();
"""
NO_SLUGS = """
DROP TRIGGER keep_slug ON reports_themetext;
DROP FUNCTION reports_keep_theme_slug();
"""

EARLIER = """
CREATE FUNCTION reports_keep_finding_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM reports_finding f JOIN reports_reportedition e ON e.id = f.edition_id
        WHERE f.id = OLD.finding_id
          AND f.state IN ('scheduled', 'published', 'archived', 'retracted') AND coalesce(f.release_at <= now(), true)
          AND e.state IN ('scheduled', 'published', 'archived', 'retracted') AND coalesce(e.release_at <= now(), true)
        FOR NO KEY UPDATE OF f;
    IF FOUND THEN
        INSERT INTO reports_earlierfindingtext
            (finding_id, number, lang, statement, explanation, reply, content_warning, replaced_at)
        SELECT OLD.finding_id, 1 + coalesce(max(k.number), 0), OLD.lang,
               OLD.statement, OLD.explanation, OLD.reply, OLD.content_warning, now()
        FROM reports_earlierfindingtext k WHERE k.finding_id = OLD.finding_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_words AFTER UPDATE ON reports_findingtext FOR EACH ROW
    WHEN (OLD.state = 'published'
          AND (OLD.statement, OLD.explanation, OLD.reply, OLD.content_warning, OLD.state)
              IS DISTINCT FROM (NEW.statement, NEW.explanation, NEW.reply, NEW.content_warning, NEW.state))
    EXECUTE FUNCTION reports_keep_finding_text();

CREATE FUNCTION reports_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE ON reports_earlierfindingtext
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_change();
"""
NO_EARLIER = """
DROP TRIGGER only_added ON reports_earlierfindingtext;
DROP FUNCTION reports_refuse_change();
DROP TRIGGER keep_words ON reports_findingtext;
DROP FUNCTION reports_keep_finding_text();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [
        migrations.RunSQL(COMPLETE, NOT_COMPLETE),
        migrations.RunSQL(SLUGS, NO_SLUGS),
        migrations.RunSQL(EARLIER, NO_EARLIER),
    ]
