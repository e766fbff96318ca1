"""Petitions can be found by the words that people sign, whatever newer draft their row holds; see `reports` 0004."""

from django.db import migrations

DOCUMENTS = """
CREATE FUNCTION search_petitions(one bigint)
RETURNS TABLE (object_id bigint, lang text, address text, title text, words text) LANGUAGE sql STABLE AS $$
    SELECT t.petition_id::bigint, t.lang::text, t.slug::text, v.signed->>'title',
        concat_ws(' ', t.lede, v.signed->>'addressee',
            (SELECT string_agg(d, ' ') FROM jsonb_array_elements_text(v.signed->'demands') d),
            search_without_html(v.signed->>'body'))
    FROM petition_text t
    JOIN (SELECT id, convert_from(content, 'UTF8')::jsonb AS signed FROM petition_text_version) v
        ON v.id = t.published_version_id
    WHERE t.state = 'published' AND (one IS NULL OR t.petition_id = one)
$$;
CREATE TRIGGER search_follow AFTER INSERT OR UPDATE OR DELETE ON petition_text
    FOR EACH ROW EXECUTE FUNCTION search_follow('petition', 'search_petitions', 'petition_id');

INSERT INTO search_document (kind, object_id, lang, address, title, words)
    SELECT 'petition', d.* FROM search_petitions(NULL) d;
"""
NO_DOCUMENTS = """
DELETE FROM search_document WHERE kind = 'petition';
DROP TRIGGER search_follow ON petition_text;
DROP FUNCTION search_petitions(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("petitions", "0010_allowed_networks"), ("reports", "0004_search")]
    operations = [migrations.RunSQL(DOCUMENTS, NO_DOCUMENTS)]
