"""Treaties, laws and rulings can be found by their titles and numbers; see 0004."""

from django.db import migrations

DOCUMENTS = """
CREATE FUNCTION search_instruments(one bigint)
RETURNS TABLE (object_id bigint, lang text, address text, title text, words text) LANGUAGE sql STABLE AS $$
    SELECT t.instrument_id, t.lang::text, i.uid::text, t.title::text, concat_ws(' ', t.short, i.identifier)
    FROM reports_instrumenttext t JOIN reports_instrument i ON i.id = t.instrument_id
    WHERE t.state = 'published' AND (one IS NULL OR t.instrument_id = one)
$$;
CREATE TRIGGER search_follow AFTER INSERT OR UPDATE OR DELETE ON reports_instrumenttext
    FOR EACH ROW EXECUTE FUNCTION search_follow('instrument', 'search_instruments', 'instrument_id');

-- the number belongs to no language: it stands with the words of each
CREATE FUNCTION search_follow_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reports_instrumenttext SET title = title WHERE instrument_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_number AFTER UPDATE OF identifier ON reports_instrument
    FOR EACH ROW WHEN (NEW.identifier <> OLD.identifier) EXECUTE FUNCTION search_follow_number();

INSERT INTO search_document (kind, object_id, lang, address, title, words)
    SELECT 'instrument', d.* FROM search_instruments(NULL) d;
"""
NO_DOCUMENTS = """
DELETE FROM search_document WHERE kind = 'instrument';
DROP TRIGGER search_number ON reports_instrument;
DROP FUNCTION search_follow_number();
DROP TRIGGER search_follow ON reports_instrumenttext;
DROP FUNCTION search_instruments(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0010_edition_keys_taken")]
    operations = [migrations.RunSQL(DOCUMENTS, NO_DOCUMENTS)]
