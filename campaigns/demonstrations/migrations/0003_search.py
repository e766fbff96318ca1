"""Demonstrations can be found by their words; see `reports` 0004."""

from django.db import migrations

DOCUMENTS = """
CREATE FUNCTION search_demonstrations(one bigint)
RETURNS TABLE (object_id bigint, lang text, address text, title text, words text) LANGUAGE sql STABLE AS $$
    SELECT t.demonstration_id::bigint, t.lang::text, t.slug::text, t.title::text,
        concat_ws(' ', t.city, t.summary, t.place_text, t.access_note)
    FROM demonstration_text t WHERE t.state = 'published' AND (one IS NULL OR t.demonstration_id = one)
$$;
CREATE TRIGGER search_follow AFTER INSERT OR UPDATE OR DELETE ON demonstration_text
    FOR EACH ROW EXECUTE FUNCTION search_follow('demonstration', 'search_demonstrations', 'demonstration_id');

INSERT INTO search_document (kind, object_id, lang, address, title, words)
    SELECT 'demonstration', d.* FROM search_demonstrations(NULL) d;
"""
NO_DOCUMENTS = """
DELETE FROM search_document WHERE kind = 'demonstration';
DROP TRIGGER search_follow ON demonstration_text;
DROP FUNCTION search_demonstrations(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("demonstrations", "0002_sequence_and_tally"), ("reports", "0004_search")]
    operations = [migrations.RunSQL(DOCUMENTS, NO_DOCUMENTS)]
