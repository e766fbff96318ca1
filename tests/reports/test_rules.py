"""Rules that PostgreSQL holds the report to, whichever way a row is written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, connections, transaction

from reports.editorial.publishing import State
from reports.findings import Finding
from reports.models import (
    EarlierFindingText,
    Evidence,
    FindingPlace,
    FindingText,
    FindingTheme,
    FormerThemeSlug,
    Place,
    ThemeText,
)
from reports.readiness import missing_for_publication
from tests.reports.making import load_report, make_edition, make_finding, make_source, make_theme

pytestmark = pytest.mark.django_db

# Statements of somebody who writes past the models, each with the rule that refuses it.
REFUSED = [
    ("UPDATE reports_reportedition SET state = 'public'", "edition_state"),
    ("UPDATE reports_reportedition SET period_end = released_on + 1", "edition_dates"),
    ("UPDATE reports_reportedition SET licence = ''", "edition_licence"),
    ("UPDATE reports_reportedition SET source_url = 'javascript:alert(1)'", "edition_web_address"),
    ("UPDATE reports_reportedition SET original_lang = 'English'", "edition_original_lang"),
    ("UPDATE reports_editiontext SET headline = repeat('x', 601)", "edition_text_length"),
    ("UPDATE reports_editionplace SET status = 'fine'", "edition_place_status"),
    ("UPDATE reports_place SET code = 'ZZ' WHERE code = 'MM'", "place_code"),
    ("UPDATE reports_place SET kind = 'planet' WHERE code = 'MM'", "place_kind"),
    ("UPDATE reports_place SET parent_id = NULL WHERE code = 'X-GENT'", "place_city_parent"),
    ("UPDATE reports_place SET parent_id = id WHERE code = 'MM'", "place_not_its_own_part"),
    ("UPDATE reports_placename SET kind = 'nickname'", "place_name_kind"),
    ("INSERT INTO reports_placename (place_id, lang, name, kind, source) SELECT id, 'en', 'Birma', 'display', '' "
     "FROM reports_place WHERE code = 'MM'", "place_display_name_once"),
    ("UPDATE reports_namingnote SET policy_url = 'data:text/html,x'", "naming_note_web_address"),
    ("UPDATE reports_source SET url = '', doc_symbol = ''", "source_can_be_found"),
    ("UPDATE reports_source SET url = 'file:///etc/passwd'", "source_web_address"),
    ("UPDATE reports_source SET kind = 'rumour'", "source_kind"),
    ("UPDATE reports_evidence SET relation = 'proves'", "evidence_relation"),
    ("UPDATE reports_finding SET kind = 'crime'", "finding_kind"),
    ("UPDATE reports_finding SET attribution = 'known'", "finding_attribution"),
    ("UPDATE reports_finding SET scope = 'moon'", "finding_scope"),
    ("UPDATE reports_finding SET precision = 'hour'", "finding_precision"),
    ("UPDATE reports_finding SET occurred_to = occurred_from - 1 WHERE key = 'veto'", "finding_dates"),
    ("UPDATE reports_finding SET occurred_from = NULL, occurred_to = NULL", "finding_precision_of_date"),
    ("UPDATE reports_findingtext SET statement = ''", "finding_text_filled"),
    ("UPDATE reports_findingtext SET state = 'done'", "finding_text_state"),
    ("UPDATE reports_findingplace SET role = 'culprit'", "finding_place_role"),
    ("UPDATE reports_findingtheme SET \"primary\" = true", "finding_one_home"),
    ("UPDATE reports_themetext SET slug = 'fouled-rivers' WHERE slug = 'silenced-anglers'", "theme_slug_once"),
    ("UPDATE reports_voice SET permission_basis = ''", "voice_quote_permission"),
    ("UPDATE reports_voice SET mode = 'rumour'", "voice_mode"),
    ("UPDATE reports_instrument SET ended_on = '1999-01-01'", "instrument_dates"),
    ("UPDATE reports_instrumentlink SET stance = 'good'", "instrument_link_stance"),
]  # fmt: skip


def refusal(statement: str) -> str:
    """What PostgreSQL says to a statement, which is undone again."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error)
    return "let through"


def test_statements_past_the_models_are_refused() -> None:
    load_report()
    answers = [(statement, rule, refusal(statement)) for statement, rule in REFUSED]
    assert [answer for answer in answers if f'"{answer[1]}"' not in answer[2]] == []


def test_a_place_in_use_cannot_be_deleted() -> None:
    load_report()
    with pytest.raises(IntegrityError):
        Place.objects.get(code="MM").delete()


def hold_now() -> None:
    """What the end of the transaction would check."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def hold_after(change: Callable[[], Any]) -> None:
    """Make a change and check it; both are undone if it is refused."""
    with transaction.atomic():
        change()
        hold_now()


INCOMPLETE: list[tuple[Callable[[Finding], Any], str, str]] = [
    (lambda f: Evidence.objects.filter(finding=f).delete(), "a source that supports it", "A source that supports it."),
    (lambda f: f.evidence.update(relation="context"), "a source that supports it", "A source that supports it."),
    (lambda f: f.finding_themes.all().delete(), "a home theme", "A theme that is its home."),
    (lambda f: f.finding_themes.update(primary=False), "a home theme", "A theme that is its home."),
    (lambda f: f.texts.update(state="draft"), "a published text", "A published text in its original language."),
    (lambda f: Finding.objects.filter(pk=f.pk).update(scope="places"), "a place where it happened", "A place where"),
    (lambda f: Finding.objects.filter(pk=f.pk).update(attribution="alleged"), "the reply", "The reply of the accused"),
]


@pytest.mark.parametrize(("take_away", "lacks", "told"), INCOMPLETE)
def test_a_public_finding_is_complete(take_away: Callable[[Finding], Any], lacks: str, told: str) -> None:
    finding = make_finding(make_theme(make_edition()))
    hold_now()
    assert missing_for_publication(finding) == []
    with pytest.raises(IntegrityError, match=f'the finding "made" is public and lacks {lacks}'):
        hold_after(lambda: take_away(finding))
    Finding.objects.filter(pk=finding.pk).update(state=State.DRAFT)
    take_away(finding)
    hold_now()
    finding.refresh_from_db()
    assert [missing.startswith(told) for missing in missing_for_publication(finding)] == [True]


def test_an_incomplete_draft_cannot_become_public() -> None:
    finding = make_finding(make_theme(make_edition()), state=State.APPROVED)
    finding.evidence.all().delete()
    with pytest.raises(IntegrityError, match="a source that supports it"):
        hold_after(lambda: finding.move_to(State.PUBLISHED))


def test_being_mentioned_does_not_place_a_finding() -> None:
    finding = make_finding(make_theme(make_edition()))
    place = Place.objects.create(code="BE")
    FindingPlace.objects.create(finding=finding, place=place, role="mentioned")
    with pytest.raises(IntegrityError, match="a place where it happened"):
        hold_after(lambda: Finding.objects.filter(pk=finding.pk).update(scope="places"))
    FindingPlace.objects.create(finding=finding, place=place, role="affected")
    Finding.objects.filter(pk=finding.pk).update(scope="places")
    hold_now()


@pytest.mark.django_db(transaction=True)
def test_two_who_each_take_away_one_of_the_last_two_sources_cannot_both_succeed() -> None:
    with transaction.atomic():
        finding = make_finding(make_theme(make_edition()))
        Evidence.objects.create(finding=finding, source=make_source("second"))
    sources = list(finding.evidence.values_list("pk", flat=True))
    together = threading.Barrier(2)
    refusals: list[str] = []

    def take_away(evidence: int) -> None:
        try:
            with transaction.atomic():
                Evidence.objects.filter(pk=evidence).delete()
                together.wait(10)
        except Error as error:
            refusals.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_away, args=[evidence]) for evidence in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refusals) == 1
    assert finding.evidence.count() == 1


def test_a_changed_slug_is_kept_whoever_changes_it() -> None:
    theme = make_theme(make_edition())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_themetext SET slug = 'new' WHERE slug = 'made-made'")
    assert FormerThemeSlug.objects.get().slug == "made-made"
    ThemeText.objects.filter(theme=theme).update(slug="newer")
    ThemeText.objects.filter(theme=theme).update(slug="made-made")
    assert set(FormerThemeSlug.objects.values_list("slug", flat=True)) == {"made-made", "new", "newer"}


def test_words_that_the_public_could_read_are_kept_when_they_change() -> None:
    finding = make_finding(make_theme(make_edition()))
    FindingText.objects.filter(finding=finding).update(needs_review=True)
    assert not EarlierFindingText.objects.exists()
    FindingText.objects.filter(finding=finding).update(statement="Now it is so.")
    FindingText.objects.create(finding=finding, lang="fr", statement="C’est ainsi.", state="published")
    FindingText.objects.filter(finding=finding, lang="fr").update(statement="C’est comme ça.")
    kept = EarlierFindingText.objects.order_by("number").values_list("number", "lang", "statement")
    assert list(kept) == [(1, "en", "It is so: made."), (2, "fr", "C’est ainsi.")]
    with pytest.raises(Error, match="only ever added"), transaction.atomic():
        EarlierFindingText.objects.update(statement="It was never so.")


@pytest.mark.parametrize("hide", ["draft", "embargo of the finding", "embargo of the edition", "draft text"])
def test_words_that_the_public_could_not_read_are_not_kept(hide: str) -> None:
    edition = make_edition(release_at="2999-01-01T00:00:00Z" if hide == "embargo of the edition" else None)
    finding = make_finding(make_theme(edition), state=State.DRAFT)
    FindingText.objects.filter(finding=finding).update(state="draft" if hide == "draft text" else "published")
    Finding.objects.filter(pk=finding.pk).update(
        state=State.DRAFT if hide in ("draft", "draft text") else State.PUBLISHED,
        release_at="2999-01-01T00:00:00Z" if hide == "embargo of the finding" else None,
    )
    FindingText.objects.filter(finding=finding).update(statement="Worded anew.")
    assert not EarlierFindingText.objects.exists()


def test_a_home_theme_is_one() -> None:
    edition = make_edition()
    finding = make_finding(make_theme(edition))
    with pytest.raises(IntegrityError, match="finding_one_home"), transaction.atomic():
        FindingTheme.objects.create(finding=finding, theme=make_theme(edition, "other"), primary=True)
