"""Search: what each text says, kept beside it by triggers, in the forms that questions are compared with.

PostgreSQL manual: chapter 12 (full text search), appendix F (pg_trgm, unaccent), CREATE TRIGGER.

- `search_document` has one row for each published text. A room tells it apart what a text says by a function that takes
  an object's id and returns its documents; the trigger `search_follow` on the table of the texts puts them down in the
  transaction of the change, so a document is never older than its text. Whether the public may see the object is not
  kept here: whoever asks has to join its own `visible()`.
- `vector` is stemmed by the language of the text, without accents; `plain` holds the folded words as they are.
- `search_term` holds each folded word once, more or less (a unique index would make writers wait for each other); words
  that no text uses any more stay until the index is rebuilt, and lead nowhere.
- The functions are IMMUTABLE, because the dictionaries behind them only change with PostgreSQL itself; rebuild then.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

EXTENSIONS = "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS unaccent;"

LANGUAGES = {"en": "english", "fr": "french", "nl": "dutch", "es": "spanish", "ar": "arabic", "other": "simple"}

CONFIGURATIONS = "".join(
    f"""
CREATE TEXT SEARCH CONFIGURATION search_{lang} (COPY = pg_catalog.{config});
ALTER TEXT SEARCH CONFIGURATION search_{lang}
    ALTER MAPPING FOR word, hword, hword_part WITH unaccent, {"simple" if config == "simple" else config + "_stem"};
"""
    for lang, config in LANGUAGES.items()
)
NO_CONFIGURATIONS = "".join(f"DROP TEXT SEARCH CONFIGURATION search_{lang};" for lang in LANGUAGES)

FORMS = r"""
CREATE FUNCTION search_clean(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT AS $$
    -- one Unicode form; without vowel marks, tatweel, soft hyphens and the invisible marks of direction and joining
    SELECT regexp_replace(
        normalize($1, NFKC),
        '[\u064B-\u065F\u0670\u06D6-\u06ED\u0640\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]', '', 'g'
    )
$$;

CREATE FUNCTION search_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT AS $$
    -- small letters without accents, one letter for each kind of alif and of ya, words parted by single spaces
    SELECT btrim(regexp_replace(
        lower(translate(unaccent(search_clean($1)), 'أإآٱى', 'ااااي')), '[[:space:][:punct:]،؛؟«»“”‘’„–—…·]+', ' ', 'g'
    ))
$$;

CREATE FUNCTION search_skeleton(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT AS $$
    -- the consonants of an Arabic word without article and ending: what a broken plural has in common with its singular;
    -- a word of two letters has its second one twice (haqq, huquq)
    SELECT CASE WHEN $1 !~ '[ء-ي]' THEN '' WHEN length($1) = 2 THEN $1 || right($1, 1) ELSE regexp_replace(
        regexp_replace(regexp_replace($1, '^[وفبك]?(ال|لل)', ''), '(ات|ية|اء|ه|ة|ي)$', ''), '[اويءؤئ]', '', 'g'
    ) END
$$;

CREATE FUNCTION search_configuration(lang text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT AS $$
    SELECT CASE lang
        WHEN 'en' THEN 'search_en'::regconfig WHEN 'fr' THEN 'search_fr'::regconfig WHEN 'nl' THEN 'search_nl'::regconfig
        WHEN 'es' THEN 'search_es'::regconfig WHEN 'ar' THEN 'search_ar'::regconfig ELSE 'search_other'::regconfig
    END
$$;

CREATE FUNCTION search_vector(lang text, title text, words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT AS $$
    SELECT setweight(to_tsvector(search_configuration(lang), search_clean(title)), 'A')
        || setweight(to_tsvector(search_configuration(lang), search_clean(words)), 'B')
$$;

CREATE FUNCTION search_plain(title text, words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT AS $$
    SELECT to_tsvector('pg_catalog.simple', search_fold(title) || ' ' || search_fold(words))
$$;

CREATE FUNCTION search_without_html(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT replace(replace(replace(replace(
        regexp_replace(coalesce($1, ''), '<[^>]*>', ' ', 'g'), '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&amp;', '&')
$$;
"""
NO_FORMS = """
DROP FUNCTION search_without_html(text);
DROP FUNCTION search_plain(text, text);
DROP FUNCTION search_vector(text, text, text);
DROP FUNCTION search_configuration(text);
DROP FUNCTION search_skeleton(text);
DROP FUNCTION search_fold(text);
DROP FUNCTION search_clean(text);
"""

FOLLOW = r"""
CREATE FUNCTION search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
-- TG_ARGV: the kind of object; the function that gives its documents; the column of the text that holds its id
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
    IF before IS NOT NULL THEN
        DELETE FROM search_document WHERE kind = TG_ARGV[0]
            AND object_id = (before->>TG_ARGV[2])::bigint AND lang = before->>'lang';
    END IF;
    IF after IS NOT NULL THEN
        EXECUTE format(
            'INSERT INTO search_document (kind, object_id, lang, address, title, words)
             SELECT %L, d.object_id, d.lang, d.address, d.title, d.words FROM %I(%L::bigint) d WHERE d.lang = %L
             ON CONFLICT (kind, object_id, lang) DO UPDATE
             SET address = EXCLUDED.address, title = EXCLUDED.title, words = EXCLUDED.words',
            TG_ARGV[0], TG_ARGV[1], after->>TG_ARGV[2], after->>'lang'
        );
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION search_keep_terms() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO search_term (term)
    SELECT word FROM unnest(tsvector_to_array(NEW.plain)) word
    WHERE length(word) BETWEEN CASE WHEN word ~ '[ء-ي]' THEN 2 ELSE 3 END AND 60
      AND NOT EXISTS (SELECT FROM search_term t WHERE t.term = word);
    RETURN NULL;
END $$;
CREATE TRIGGER keep_terms AFTER INSERT OR UPDATE ON search_document
    FOR EACH ROW EXECUTE FUNCTION search_keep_terms();

CREATE FUNCTION search_similar(asked text, lang text) RETURNS TABLE (word text, term text)
LANGUAGE sql STABLE SET search_path FROM CURRENT SET pg_trgm.word_similarity_threshold = 0.5 SET enable_seqscan = off AS $$
    -- (the planner thinks comparing words costs nothing, and would read all of them)
    -- for each of the first words asked for, but those that every text has, the terms that are spelled alike, the nearest
    -- first: by their groups of three letters, in Arabic by their consonants, in Dutch by the word a compound begins with
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

CREATE FUNCTION search_rebuild() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    arguments text[];
BEGIN
    LOCK TABLE search_document IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM search_document;
    DELETE FROM search_term;
    FOR arguments IN
        SELECT string_to_array(encode(tgargs, 'escape'), '\000') FROM pg_trigger WHERE tgname = 'search_follow'
    LOOP
        EXECUTE format(
            'INSERT INTO search_document (kind, object_id, lang, address, title, words)
             SELECT %L, d.object_id, d.lang, d.address, d.title, d.words FROM %I(NULL) d', arguments[1], arguments[2]
        );
    END LOOP;
    UPDATE reports_placename SET name = name;
    UPDATE reports_findingplacetext SET locality = locality;
    RETURN (SELECT count(*) FROM search_document);
END $$;
"""
NO_FOLLOW = """
DROP FUNCTION search_rebuild();
DROP FUNCTION search_similar(text, text);
DROP TRIGGER keep_terms ON search_document;
DROP FUNCTION search_keep_terms();
DROP FUNCTION search_follow();
"""

DOCUMENTS = """
CREATE FUNCTION search_findings(one bigint)
RETURNS TABLE (object_id bigint, lang text, address text, title text, words text) LANGUAGE sql STABLE AS $$
    SELECT t.finding_id, t.lang::text, f.uid::text, t.statement::text, concat_ws(' ', t.explanation, t.reply)
    FROM reports_findingtext t JOIN reports_finding f ON f.id = t.finding_id
    WHERE t.state = 'published' AND (one IS NULL OR t.finding_id = one)
$$;
CREATE FUNCTION search_themes(one bigint)
RETURNS TABLE (object_id bigint, lang text, address text, title text, words text) LANGUAGE sql STABLE AS $$
    SELECT t.theme_id, t.lang::text, t.slug::text, t.title::text, t.summary::text
    FROM reports_themetext t WHERE t.state = 'published' AND (one IS NULL OR t.theme_id = one)
$$;
CREATE FUNCTION search_sources(one bigint)
RETURNS TABLE (object_id bigint, lang text, address text, title text, words text) LANGUAGE sql STABLE AS $$
    SELECT s.id, s.lang::text, '', s.title::text, concat_ws(' ', s.authors, s.publisher, s.doc_symbol)
    FROM reports_source s WHERE one IS NULL OR s.id = one
$$;
CREATE TRIGGER search_follow AFTER INSERT OR UPDATE OR DELETE ON reports_findingtext
    FOR EACH ROW EXECUTE FUNCTION search_follow('finding', 'search_findings', 'finding_id');
CREATE TRIGGER search_follow AFTER INSERT OR UPDATE OR DELETE ON reports_themetext
    FOR EACH ROW EXECUTE FUNCTION search_follow('theme', 'search_themes', 'theme_id');
CREATE TRIGGER search_follow AFTER INSERT OR UPDATE OR DELETE ON reports_source
    FOR EACH ROW EXECUTE FUNCTION search_follow('source', 'search_sources', 'id');

INSERT INTO search_document (kind, object_id, lang, address, title, words)
    SELECT 'finding', d.* FROM search_findings(NULL) d
    UNION ALL SELECT 'theme', d.* FROM search_themes(NULL) d
    UNION ALL SELECT 'source', d.* FROM search_sources(NULL) d;
"""
NO_DOCUMENTS = """
DROP TRIGGER search_follow ON reports_source;
DROP TRIGGER search_follow ON reports_themetext;
DROP TRIGGER search_follow ON reports_findingtext;
DROP FUNCTION search_sources(bigint);
DROP FUNCTION search_themes(bigint);
DROP FUNCTION search_findings(bigint);
"""


def generated(function: str, *columns: str, tsvector: bool = True) -> models.GeneratedField:
    return models.GeneratedField(
        db_persist=True,
        expression=models.Func(*[models.F(column) for column in columns], function=function),
        output_field=django.contrib.postgres.search.SearchVectorField() if tsvector else models.TextField(),
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_imports_and_guarded_sources")]

    operations = [
        migrations.RunSQL(EXTENSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(CONFIGURATIONS, NO_CONFIGURATIONS),
        migrations.RunSQL(FORMS, NO_FORMS),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("object_id", models.BigIntegerField()),
                ("lang", models.CharField(max_length=12)),
                ("address", models.CharField(max_length=200)),
                ("title", models.TextField()),
                ("words", models.TextField()),
                ("vector", generated("search_vector", "lang", "title", "words")),
                ("plain", generated("search_plain", "title", "words")),
            ],
            options={
                "db_table": "search_document",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="search_by_stem"),
                    django.contrib.postgres.indexes.GinIndex(fields=["plain"], name="search_by_word"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id", "lang"), name="search_document_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term", models.TextField()),
                ("skeleton", generated("search_skeleton", "term", tsvector=False)),
            ],
            options={
                "db_table": "search_term",
                "indexes": [
                    models.Index(fields=["term"], name="search_term_known"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["term"], name="search_term_alike", opclasses=["gin_trgm_ops"]
                    ),
                    models.Index(
                        fields=["skeleton"],
                        name="search_term_skeleton",
                        condition=models.Q(("skeleton", ""), _negated=True),
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="placename", name="folded", field=generated("search_fold", "name", tsvector=False)
        ),
        migrations.AddField(
            model_name="findingplacetext", name="folded", field=generated("search_fold", "locality", tsvector=False)
        ),
        migrations.AddIndex(model_name="placename", index=models.Index(fields=["folded"], name="place_name_folded")),
        migrations.AddIndex(
            model_name="findingplacetext", index=models.Index(fields=["folded"], name="finding_place_text_folded")
        ),
        migrations.RunSQL(FOLLOW, NO_FOLLOW),
        migrations.RunSQL(DOCUMENTS, NO_DOCUMENTS),
    ]
