"""What a later edition says became of a demand, and the rules on it.

Triggers (PostgreSQL manual, chapter 37): an edition is released only when it says of every demand of earlier editions
that is still open what became of it; and what a public edition says is not changed any more.
"""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

import reports.editorial.texts

SAYS = """
CREATE FUNCTION campaigns_demand_is_pending(bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT coalesce((SELECT e.kind FROM campaigns_demandevent e
                     WHERE e.demand_id = $1 AND e.kind <> 'delivered'
                     ORDER BY e."on" DESC, e.position DESC LIMIT 1), 'reversed')
           IN ('acknowledged', 'promised', 'partly_kept', 'reversed')
$$;
CREATE FUNCTION campaigns_hold_edition_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    silent_on text;
BEGIN
    SELECT string_agg(d.key, ', ' ORDER BY d.id) INTO silent_on
        FROM campaigns_demand d JOIN reports_reportedition first ON first.id = d.first_edition_id
        WHERE d.state IN ('scheduled', 'published') AND first.publisher_id = NEW.publisher_id
            AND first.period_end < NEW.period_end AND campaigns_demand_is_pending(d.id)
            AND NOT EXISTS (SELECT FROM campaigns_demandstatement s
                            WHERE s.demand_id = d.id AND s.edition_id = NEW.id);
    IF silent_on IS NOT NULL THEN
        RAISE EXCEPTION 'the edition "%" does not say what became of: %', NEW.key, silent_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'edition_answers_demands',
                  TABLE = 'reports_reportedition';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER edition_answers_demands_added AFTER INSERT ON reports_reportedition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IN ('scheduled', 'published', 'archived', 'retracted'))
    EXECUTE FUNCTION campaigns_hold_edition_answers();
CREATE CONSTRAINT TRIGGER edition_answers_demands AFTER UPDATE OF state ON reports_reportedition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IN ('scheduled', 'published') AND OLD.state NOT IN ('scheduled', 'published'))
    EXECUTE FUNCTION campaigns_hold_edition_answers();
"""
SAYS_NOT = """
DROP TRIGGER edition_answers_demands ON reports_reportedition;
DROP TRIGGER edition_answers_demands_added ON reports_reportedition;
DROP FUNCTION campaigns_hold_edition_answers();
DROP FUNCTION campaigns_demand_is_pending(bigint);
"""

STAYS = """
CREATE FUNCTION campaigns_keep_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reports_reportedition e WHERE e.id = OLD.edition_id
               AND e.state IN ('scheduled', 'published', 'archived', 'retracted')) THEN
        RAISE EXCEPTION 'what a public edition says of a demand stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'demand_statement_stays',
                  TABLE = 'campaigns_demandstatement';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER demand_statement_stays BEFORE UPDATE OR DELETE ON campaigns_demandstatement
    FOR EACH ROW EXECUTE FUNCTION campaigns_keep_statement();
"""
STAYS_NOT = """
DROP TRIGGER demand_statement_stays ON campaigns_demandstatement;
DROP FUNCTION campaigns_keep_statement();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0006_alias_rules"),
        ("reports", "0004_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="DemandStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("answered", "answered"),
                            ("partly_met", "partly met"),
                            ("met", "met"),
                            ("rejected", "rejected"),
                            ("lapsed", "lapsed"),
                        ],
                        max_length=10,
                        verbose_name="what became of it",
                    ),
                ),
                ("original_lang", models.CharField(default="en", max_length=12, verbose_name="original language")),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="campaigns.demand"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="demand_statements",
                        to="reports.reportedition",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demand_statements",
                        to="reports.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "statement on a demand",
                "verbose_name_plural": "statements on demands",
            },
            bases=(reports.editorial.texts.HasTexts, models.Model),
        ),
        migrations.CreateModel(
            name="DemandStatementText",
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
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="campaigns.demandstatement",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="demandstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(("standing__in", ["open", "answered", "partly_met", "met", "rejected", "lapsed"])),
                name="demand_statement_standing",
                violation_error_message="Choose one of the values in the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandstatement",
            constraint=models.UniqueConstraint(
                fields=("demand", "edition"),
                name="demand_statement_once",
                violation_error_message="This edition says already what became of that demand.",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("standing__in", ["met", "rejected"]), _negated=True),
                    ("source__isnull", False),
                    _connector="OR",
                ),
                name="demand_statement_source",
                violation_error_message="That a demand was met or rejected needs a source.",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandstatementtext",
            constraint=models.UniqueConstraint(fields=("statement", "lang"), name="demand_statement_text_once"),
        ),
        migrations.AddConstraint(
            model_name="demandstatementtext",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "review", "published"])),
                name="demand_statement_text_state",
                violation_error_message="Choose one of the values in the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandstatementtext",
            constraint=models.CheckConstraint(
                condition=models.Q(("lang__regex", "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")),
                name="demand_statement_text_lang",
                violation_error_message="Give the short code of a language, as in fr.",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandstatementtext",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True),
                name="demand_statement_text_filled",
                violation_error_message="Fill in the words that are empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandstatementtext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length("note"), 1000)
                ),
                name="demand_statement_text_length",
                violation_error_message="Shorten the text.",
            ),
        ),
        migrations.RunSQL(SAYS, SAYS_NOT),
        migrations.RunSQL(STAYS, STAYS_NOT),
    ]
