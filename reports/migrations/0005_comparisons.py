"""How themes follow each other and what changed between editions, with the rules that span rows.

Triggers (PostgreSQL manual, chapter 37): themes never follow each other in a circle (writers wait for each other, so two
that would close one together cannot both pass); a change lies between an earlier and a later edition.
"""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import reports.editorial.texts
from django.db import migrations, models


CIRCLE = """
CREATE FUNCTION reports_refuse_theme_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('reports_themelink', 0));
    IF EXISTS (
        WITH RECURSIVE following(theme_id) AS (
            SELECT NEW.later_id
            UNION SELECT l.later_id FROM reports_themelink l JOIN following f ON l.earlier_id = f.theme_id
                  WHERE l.id <> NEW.id
        ) SELECT FROM following WHERE theme_id = NEW.earlier_id
    ) THEN
        RAISE EXCEPTION 'these themes would follow each other in a circle'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'theme_link_no_circle', TABLE = 'reports_themelink';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER no_circle AFTER INSERT OR UPDATE ON reports_themelink
    FOR EACH ROW WHEN (NEW.earlier_id <> NEW.later_id) EXECUTE FUNCTION reports_refuse_theme_circle();
"""
NO_CIRCLE = """
DROP TRIGGER no_circle ON reports_themelink;
DROP FUNCTION reports_refuse_theme_circle();
"""
ORDER = """
CREATE FUNCTION reports_order_theme_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reports_reportedition a, reports_reportedition b
               WHERE a.id = NEW.earlier_id AND b.id = NEW.later_id AND a.period_end >= b.period_end) THEN
        RAISE EXCEPTION 'the earlier edition of a change must cover the earlier time'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'theme_change_order', TABLE = 'reports_themechange';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER in_order AFTER INSERT OR UPDATE ON reports_themechange
    FOR EACH ROW WHEN (NEW.earlier_id <> NEW.later_id) EXECUTE FUNCTION reports_order_theme_change();
"""
NO_ORDER = """
DROP TRIGGER in_order ON reports_themechange;
DROP FUNCTION reports_order_theme_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="ThemeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("changed", "changed"), ("resolved", "resolved")],
                        max_length=8,
                        verbose_name="what happened",
                    ),
                ),
                ("original_lang", models.CharField(default="en", max_length=12, verbose_name="original language")),
                (
                    "earlier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes_since",
                        to="reports.reportedition",
                        verbose_name="earlier edition",
                    ),
                ),
                (
                    "later",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes_until",
                        to="reports.reportedition",
                        verbose_name="later edition",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="theme_changes",
                        to="reports.place",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="theme_changes", to="reports.source"
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="reports.theme"
                    ),
                ),
            ],
            options={
                "verbose_name": "change between editions",
                "verbose_name_plural": "changes between editions",
            },
            bases=(reports.editorial.texts.HasTexts, models.Model),
        ),
        migrations.CreateModel(
            name="ThemeChangeText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lang",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("fr", "French"),
                            ("nl", "Dutch"),
                            ("es", "Spanish"),
                            ("ar", "Arabic"),
                        ],
                        max_length=12,
                        verbose_name="language",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("review", "in review"), ("published", "published")],
                        default="draft",
                        max_length=12,
                        verbose_name="state of the text",
                    ),
                ),
                ("source_version", models.PositiveIntegerField(default=1, verbose_name="translated from version")),
                ("machine", models.BooleanField(default=False, verbose_name="made by a machine")),
                ("needs_review", models.BooleanField(default=False, verbose_name="needs a native speaker's review")),
                ("note", models.TextField(max_length=1000, verbose_name="note")),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="reports.themechange"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ThemeLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("continues", "continues"),
                            ("renamed", "renamed"),
                            ("split", "split"),
                            ("merged", "merged"),
                        ],
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                ("original_lang", models.CharField(default="en", max_length=12, verbose_name="original language")),
                (
                    "earlier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_to_later",
                        to="reports.theme",
                        verbose_name="earlier theme",
                    ),
                ),
                (
                    "later",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_to_earlier",
                        to="reports.theme",
                        verbose_name="later theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "link of themes",
                "verbose_name_plural": "links of themes",
            },
            bases=(reports.editorial.texts.HasTexts, models.Model),
        ),
        migrations.CreateModel(
            name="ThemeLinkText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lang",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("fr", "French"),
                            ("nl", "Dutch"),
                            ("es", "Spanish"),
                            ("ar", "Arabic"),
                        ],
                        max_length=12,
                        verbose_name="language",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("review", "in review"), ("published", "published")],
                        default="draft",
                        max_length=12,
                        verbose_name="state of the text",
                    ),
                ),
                ("source_version", models.PositiveIntegerField(default=1, verbose_name="translated from version")),
                ("machine", models.BooleanField(default=False, verbose_name="made by a machine")),
                ("needs_review", models.BooleanField(default=False, verbose_name="needs a native speaker's review")),
                ("note", models.TextField(max_length=600, verbose_name="note")),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="reports.themelink"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="themechange",
            constraint=models.UniqueConstraint(
                fields=("theme", "place", "earlier", "later"), name="theme_change_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="themechange",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["changed", "resolved"])),
                name="theme_change_state",
                violation_error_message="Choose one of the values in the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themechange",
            constraint=models.CheckConstraint(
                condition=models.Q(("earlier", models.F("later")), _negated=True),
                name="theme_change_of_two_editions",
                violation_error_message="A change lies between two editions.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themechangetext",
            constraint=models.UniqueConstraint(fields=("change", "lang"), name="theme_change_text_once"),
        ),
        migrations.AddConstraint(
            model_name="themechangetext",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "review", "published"])),
                name="theme_change_text_state",
                violation_error_message="Choose one of the values in the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themechangetext",
            constraint=models.CheckConstraint(
                condition=models.Q(("lang__regex", "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")),
                name="theme_change_text_lang",
                violation_error_message="Give the short code of a language, as in fr.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themechangetext",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True),
                name="theme_change_text_filled",
                violation_error_message="Fill in the words that are empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themechangetext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length("note"), 1000)
                ),
                name="theme_change_text_length",
                violation_error_message="Shorten the text.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themelink",
            constraint=models.UniqueConstraint(fields=("earlier", "later"), name="theme_link_once"),
        ),
        migrations.AddConstraint(
            model_name="themelink",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["continues", "renamed", "split", "merged"])),
                name="theme_link_kind",
                violation_error_message="Choose one of the values in the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themelink",
            constraint=models.CheckConstraint(
                condition=models.Q(("earlier", models.F("later")), _negated=True),
                name="theme_link_of_two",
                violation_error_message="A theme cannot follow from itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themelinktext",
            constraint=models.UniqueConstraint(fields=("link", "lang"), name="theme_link_text_once"),
        ),
        migrations.AddConstraint(
            model_name="themelinktext",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "review", "published"])),
                name="theme_link_text_state",
                violation_error_message="Choose one of the values in the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themelinktext",
            constraint=models.CheckConstraint(
                condition=models.Q(("lang__regex", "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")),
                name="theme_link_text_lang",
                violation_error_message="Give the short code of a language, as in fr.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themelinktext",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True),
                name="theme_link_text_filled",
                violation_error_message="Fill in the words that are empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="themelinktext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length("note"), 600)
                ),
                name="theme_link_text_length",
                violation_error_message="Shorten the text.",
            ),
        ),
        migrations.RunSQL(CIRCLE, NO_CIRCLE),
        migrations.RunSQL(ORDER, NO_ORDER),
    ]
