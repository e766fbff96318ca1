"""Look similar words up without reading every word, and say which are only other forms of the word that was asked for.

The index of the consonants of Arabic words leaves out words that have none: only a question that says so can use it.
"""

from django.db import migrations

SIMILAR = r"""
DROP FUNCTION search_similar(text, text);
CREATE FUNCTION search_similar(asked text, lang text) RETURNS TABLE (word text, term text, is_form boolean)
LANGUAGE sql STABLE SET search_path FROM CURRENT SET pg_trgm.word_similarity_threshold = 0.5 SET enable_seqscan = off AS $$
    -- (the planner thinks comparing words costs nothing, and would read all of them)
    -- for each of the first words asked for, but those that every text has, the terms that are spelled alike, the nearest
    -- first: by their groups of three letters, in Arabic by their consonants, in Dutch by the word a compound begins with;
    -- `is_form` where the stemmer of the language takes both for the same word
    WITH asked_words AS (
        SELECT DISTINCT left(w, 60) AS w FROM unnest((string_to_array(search_fold(asked), ' '))[1:8]) w
        WHERE length(w) >= CASE WHEN w ~ '[ء-ي]' THEN 2 ELSE 3 END
          AND numnode(plainto_tsquery(search_configuration(lang), w)) > 0
    )
    SELECT a.w, near.term,
        plainto_tsquery(search_configuration(lang), near.term) = plainto_tsquery(search_configuration(lang), a.w)
    FROM asked_words a CROSS JOIN LATERAL (
        SELECT found.term FROM (
            SELECT t.term FROM search_term t WHERE length(a.w) >= 3 AND t.term %> a.w
            UNION
            SELECT t.term FROM search_term t
            WHERE t.skeleton = search_skeleton(a.w) AND t.skeleton <> '' AND length(t.skeleton) >= 3
            UNION
            SELECT t.term FROM search_term t WHERE lang = 'nl'
                AND t.term = ANY (ARRAY(SELECT left(a.w, n) FROM generate_series(4, length(a.w) - 1) n))
        ) found
        ORDER BY similarity(a.w, found.term) DESC, found.term LIMIT 16
    ) near
$$;
"""

BEFORE = r"""
DROP FUNCTION search_similar(text, text);
CREATE FUNCTION search_similar(asked text, lang text) RETURNS TABLE (word text, term text)
LANGUAGE sql STABLE SET search_path FROM CURRENT SET pg_trgm.word_similarity_threshold = 0.5 SET enable_seqscan = off AS $$
    WITH asked_words AS (
        SELECT DISTINCT left(w, 60) AS w FROM unnest((string_to_array(search_fold(asked), ' '))[1:8]) w
        WHERE length(w) >= CASE WHEN w ~ '[ء-ي]' THEN 2 ELSE 3 END
          AND numnode(plainto_tsquery(search_configuration(lang), w)) > 0
    )
    SELECT a.w, near.term FROM asked_words a CROSS JOIN LATERAL (
        SELECT found.term FROM (
            SELECT t.term FROM search_term t WHERE length(a.w) >= 3 AND t.term %> a.w
            UNION
            SELECT t.term FROM search_term t WHERE t.skeleton = search_skeleton(a.w) AND length(t.skeleton) >= 3
            UNION
            SELECT t.term FROM search_term t WHERE lang = 'nl'
                AND t.term = ANY (ARRAY(SELECT left(a.w, n) FROM generate_series(4, length(a.w) - 1) n))
        ) found
        ORDER BY similarity(a.w, found.term) DESC, found.term LIMIT 16
    ) near
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_embargoes")]

    operations = [migrations.RunSQL(SIMILAR, BEFORE)]
