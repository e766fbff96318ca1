"""Campaigns and demands can be found by their words; see `reports` 0004."""

from django.db import migrations

DOCUMENTS = """
CREATE FUNCTION search_campaigns(one bigint)
RETURNS TABLE (object_id bigint, lang text, address text, title text, words text) LANGUAGE sql STABLE AS $$
    SELECT t.campaign_id, t.lang::text, t.slug::text, t.title::text, concat_ws(' ', t.summary, search_without_html(t.body))
    FROM campaigns_campaigntext t WHERE t.state = 'published' AND (one IS NULL OR t.campaign_id = one)
$$;
CREATE FUNCTION search_demands(one bigint)
RETURNS TABLE (object_id bigint, lang text, address text, title text, words text) LANGUAGE sql STABLE AS $$
    SELECT t.demand_id, t.lang::text, d.uid::text, t.title::text, t.text::text
    FROM campaigns_demandtext t JOIN campaigns_demand d ON d.id = t.demand_id
    WHERE t.state = 'published' AND (one IS NULL OR t.demand_id = one)
$$;
CREATE TRIGGER search_follow AFTER INSERT OR UPDATE OR DELETE ON campaigns_campaigntext
    FOR EACH ROW EXECUTE FUNCTION search_follow('campaign', 'search_campaigns', 'campaign_id');
CREATE TRIGGER search_follow AFTER INSERT OR UPDATE OR DELETE ON campaigns_demandtext
    FOR EACH ROW EXECUTE FUNCTION search_follow('demand', 'search_demands', 'demand_id');

INSERT INTO search_document (kind, object_id, lang, address, title, words)
    SELECT 'campaign', d.* FROM search_campaigns(NULL) d UNION ALL SELECT 'demand', d.* FROM search_demands(NULL) d;
"""
NO_DOCUMENTS = """
DELETE FROM search_document WHERE kind IN ('campaign', 'demand');
DROP TRIGGER search_follow ON campaigns_demandtext;
DROP TRIGGER search_follow ON campaigns_campaigntext;
DROP FUNCTION search_demands(bigint);
DROP FUNCTION search_campaigns(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_mail_state_and_suppression"), ("reports", "0004_search")]
    operations = [migrations.RunSQL(DOCUMENTS, NO_DOCUMENTS)]
