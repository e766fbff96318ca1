"""What an edition says of the time since earlier ones goes in and out with it: links of themes, what is asserted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.importing.applying import apply, check
from reports.importing.csv_writing import csv_set
from reports.importing.files import Handed
from reports.importing.limits import ImportRefused
from reports.importing.undoing import undo
from reports.models import ReportEdition, Source, ThemeChange, ThemeChangeText, ThemeInEdition, ThemeLink, ThemeLinkText
from reports.report_file.exporting import Export
from tests.importing.making import bundle, changed, tables, told, zipped
from tests.reports.making import load_report, make_edition, make_theme, put, report_json

pytestmark = pytest.mark.django_db

NEWEST = "watch-2024"
LINK = {"earlier": "foul-water", "later": "fouled-rivers", "kind": "renamed", "texts": {"en": {"note": "A new name."}}}
CHANGES: list[dict[str, Any]] = [
    {
        **{"theme": "fouled-rivers", "place": place, "earlier": "watch-2022", "state": state},
        **{"source": "the-report", "texts": {"en": {"note": f"It {state}."}, "fr": {"note": "C’est dit."}}},
    }
    for place, state in ((None, "changed"), ("PS", "resolved"))
]


@pytest.fixture(autouse=True)
def _an_earlier_edition() -> None:
    make_theme(make_edition("watch-2022"), "foul-water")


def report(**lists: Any) -> dict[str, Any]:
    data = report_json()
    source = data["sources"][0]["key"]
    changes = [{**change, "source": source} for change in CHANGES]
    return {**data, "theme_links": [LINK], "theme_changes": changes, **lists}


def exported(key: str = NEWEST, *, drafts: bool = False) -> str:
    return "".join(Export(ReportEdition.objects.get(key=key), drafts).pieces())


def load(data: dict[str, Any] | str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    load_report(path)


def test_it_is_imported_as_drafts_once_and_can_be_taken_back() -> None:
    run, outcome = apply(bundle(report()), AnonymousUser())
    assert outcome.counts["added"]["links of themes"] == 1
    assert outcome.counts["added"]["changes between editions"] == 2
    assert set(ThemeLinkText.objects.values_list("state", flat=True)) == {TextState.DRAFT}
    assert set(ThemeChangeText.objects.values_list("state", flat=True)) == {TextState.DRAFT}
    everywhere = ThemeChange.objects.get(place=None)
    assert (everywhere.state, everywhere.earlier.key, everywhere.later.key) == ("changed", "watch-2022", NEWEST)
    assert check(bundle(report())).total == 0
    assert apply(bundle(report()), AnonymousUser())[1].total == 0
    undo(run, AnonymousUser())
    assert not ThemeLink.objects.exists()
    assert not ThemeChange.objects.exists()


def test_a_dry_run_writes_nothing_of_it() -> None:
    assert check(bundle(report())).counts["added"]["changes between editions"] == 2
    assert not ThemeChange.objects.exists()
    assert not ThemeLink.objects.exists()


def test_what_was_resolved_and_is_treated_no_more_goes_in_and_out(tmp_path: Path) -> None:
    gone = {**report()["theme_changes"][0], "theme": "foul-water", "state": "resolved"}
    load(report(theme_links=[], theme_changes=[gone]), tmp_path)
    assert [one["theme"] for one in json.loads(exported())["theme_changes"]] == ["foul-water"]
    newest = exported()
    load(newest, tmp_path)
    assert exported() == newest
    ThemeInEdition.objects.filter(theme__key="foul-water").update(state=State.DRAFT)
    assert json.loads(exported())["theme_changes"] == []


def test_tables_say_what_the_bundle_says() -> None:
    apply(bundle(report()), AnonymousUser())
    assert check(Handed("set.zip", csv_set(report()))).total == 0
    as_drafts = exported(drafts=True)
    assert check(Handed("export.json", as_drafts.encode())).total == 0
    assert check(Handed("set.zip", csv_set(json.loads(as_drafts)))).total == 0


def test_an_export_loaded_into_an_empty_database_gives_the_same_export(tmp_path: Path) -> None:
    load(report(), tmp_path)
    newest = exported()
    assert [change["state"] for change in json.loads(newest)["theme_changes"]] == ["changed", "resolved"]
    assert json.loads(newest)["theme_links"][0]["earlier"] == "foul-water"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "TRUNCATE reports_publisher, reports_theme, reports_place, reports_source, reports_person, "
            "reports_instrument, search_document, search_term CASCADE"
        )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    make_theme(make_edition("watch-2022"), "foul-water")
    load(newest, tmp_path)
    assert exported() == newest
    assert json.loads(csv_of(newest)) == json.loads(csv_of(exported()))


def csv_of(text: str) -> str:
    """The tables of an export, with their bytes as text."""
    return json.dumps({name: content.decode() for name, content in tables(json.loads(text)).items()})


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("theme_links.0.earlier", "foul-watr", 'did you mean "foul-water"?'),
        ("theme_links.0.earlier", "fouled-rivers", "a theme cannot follow from itself"),
        ("theme_links.0.later", "foul-water", "is not the key of a theme of this file"),
        ("theme_links.0.kind", "vanished", "is none of continues, renamed, split, merged"),
        ("theme_links.0.texts", {}, 'holds no text in the original language: add "en"'),
        ("theme_changes.0.earlier", NEWEST, "is not the key of an edition that is there already"),
        ("theme_changes.0.earlier", "watch-1900", "is not the key of an edition that is there already"),
        ("theme_changes.0.state", "better", "is none of changed, resolved"),
        ("theme_changes.0.source", None, "must be the key of a source"),
        ("theme_changes.0.source", "hearsay", "is not the key of a source"),
        ("theme_changes.1.place", None, "is used twice: theme_changes[0] has it already"),
        ("theme_changes.0.place", "ZZ", "is not the key of a place"),
    ],
)
def test_what_is_wrong_is_told_at_its_line_and_nothing_is_written(path: str, value: Any, line: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        apply(bundle(put(report(), path, value)), AnonymousUser())
    (told_line,) = told(refusal.value)
    assert line in told_line
    assert path.split(".")[0] in told_line
    assert not ReportEdition.objects.filter(key=NEWEST).exists()


def test_a_wrong_cell_is_told_by_table_and_line() -> None:
    files = tables(report())
    files["theme_changes"] = changed(files["theme_changes"], 1, state="better")
    with pytest.raises(ImportRefused) as refusal:
        check(zipped(files))
    (line,) = told(refusal.value)
    assert line.startswith('theme_changes.csv, line 3, state: "better"')


def test_themes_that_would_follow_each_other_in_a_circle_are_refused() -> None:
    apply(bundle(report()), AnonymousUser())
    back = {**LINK, "earlier": "fouled-rivers", "later": "silenced-anglers"}
    round_again = {**LINK, "earlier": "silenced-anglers", "later": "fouled-rivers"}
    with pytest.raises(ImportRefused) as refusal:
        apply(bundle(report(theme_links=[back, round_again])), AnonymousUser())
    assert "circle" in told(refusal.value)[0]
    assert ThemeLink.objects.count() == 1


@pytest.mark.parametrize("hide", ["note", "earlier edition", "earlier theme"])
def test_what_the_public_may_not_read_is_in_no_public_file(hide: str, tmp_path: Path) -> None:
    load(report(), tmp_path)
    if hide == "note":
        ThemeChangeText.objects.update(state=TextState.REVIEW)
        ThemeLinkText.objects.update(state=TextState.REVIEW)
    elif hide == "earlier edition":
        ReportEdition.objects.filter(key="watch-2022").update(release_at="2999-01-01T00:00:00Z")
    else:
        ThemeInEdition.objects.filter(theme__key="foul-water").update(state=State.DRAFT)
    public, all_of_it = exported(), exported(drafts=True)
    assert "foul-water" not in public
    assert ("watch-2022" in public) == (hide == "earlier theme")
    assert {"foul-water", "watch-2022"} <= {word for word in ("foul-water", "watch-2022") if word in all_of_it}


def test_a_link_between_themes_that_are_both_public_is_not_added_by_an_import() -> None:
    edition = make_edition("watch-2023", year=2023)
    make_theme(edition, "fouled-rivers")
    with pytest.raises(ImportRefused) as refusal:
        apply(bundle(report()), AnonymousUser())
    assert "is shown with a released edition" in told(refusal.value)[0]
    assert "theme_links" in told(refusal.value)[0]


def test_only_a_source_makes_a_change(tmp_path: Path) -> None:
    load(report(), tmp_path)
    assert set(ThemeChange.objects.values_list("source__key", flat=True)) <= set(
        Source.objects.values_list("key", flat=True)
    )
    assert set(ThemeChangeText.objects.values_list("state", flat=True)) == {TextState.PUBLISHED}
