"""What an edition is written out as is what it is read in from: loading an export changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.importing.applying import apply, check
from reports.importing.csv_writing import csv_set
from reports.importing.files import Handed
from reports.models import (
    EditionText,
    Finding,
    FindingText,
    FindingTheme,
    Instrument,
    ReportEdition,
    Source,
    ThemeInEdition,
    Voice,
)
from reports.report_file.exporting import Export, one_order
from tests.importing.making import bundle
from tests.reports.large_edition import large_edition
from tests.reports.making import DEMO, load_demo_reports, load_report, make_edition, make_finding, make_theme

pytestmark = pytest.mark.django_db


def exported(key: str, *, drafts: bool = False) -> str:
    return "".join(Export(ReportEdition.objects.get(key=key), drafts).pieces())


def loads_without_change(text: str) -> bool:
    return check(Handed("export.json", text.encode())).total == 0


def test_a_public_edition_comes_back_without_a_change() -> None:
    load_demo_reports()
    for key in ("amnesty-2024", "demo-2023"):
        text = exported(key)
        assert loads_without_change(text)
        assert json.loads(text) == Export(ReportEdition.objects.get(key=key)).report()
        assert text == exported(key)


def test_a_draft_comes_back_without_a_change_as_bundle_and_as_tables() -> None:
    apply(bundle(large_edition(12, 250)), AnonymousUser())
    text = exported("large-2024", drafts=True)
    assert len(json.loads(text)["findings"]) == 250  # more than a batch
    assert loads_without_change(text)
    assert check(Handed("set.zip", csv_set(json.loads(text)))).total == 0


def test_what_was_made_at_the_desk_comes_back_too() -> None:
    theme = make_theme(make_edition(), "made")
    EditionText.objects.create(edition=theme.edition, lang="en", title="T", headline="H", state=TextState.PUBLISHED)
    make_finding(theme, "a")
    make_finding(theme, "b")
    FindingTheme.objects.update(position=0)
    assert loads_without_change(exported("made"))


def test_everything_that_was_loaded_is_in_the_export() -> None:
    load_demo_reports()
    given = json.loads((DEMO / "report.json").read_text(encoding="utf-8"))
    got = json.loads(exported("amnesty-2024"))
    for name, key in [("places", "code"), ("sources", "key"), ("themes", "key"), ("findings", "key"),
                      ("people", "key"), ("voices", "key"), ("instruments", "key")]:  # fmt: skip
        listed = {item[key] for item in given[name]}
        if name == "sources":
            listed = {part["source"] for finding in given["findings"] for part in finding["evidence"]}
            listed |= {change["source"] for change in given["theme_changes"]}
            listed |= {voice["source"] for voice in given["voices"]}
        assert {item[key] for item in got[name]} == listed, name


@pytest.mark.parametrize(
    ("model", "which", "words"),
    [
        (Finding, {"key": "veto"}, "A veto stopped"),
        (ThemeInEdition, {"theme__key": "fouled-rivers"}, "Fouled rivers"),
        (Voice, {"key": "ada-warns"}, "She warns of dead water"),
        (Instrument, {}, "Water Act"),
    ],
)
@pytest.mark.parametrize("state", [State.DRAFT, State.RETRACTED, State.REMOVED, "embargoed"])
def test_what_the_public_may_not_read_is_in_no_public_file(model: Any, which: Any, words: str, state: str) -> None:
    load_report()
    assert words in exported("watch-2024")
    found = model._default_manager.filter(**which)
    if state == "embargoed":
        found.update(release_at="2999-01-01T00:00:00Z")
    else:
        found.update(state=state)
    assert words not in exported("watch-2024")
    assert words in exported("watch-2024", drafts=True)


def test_a_translation_that_is_not_published_is_in_no_public_file() -> None:
    load_report()
    FindingText.objects.filter(finding__key="veto", lang="fr").update(state=TextState.DRAFT, statement="Brouillon.")
    assert "Brouillon." not in exported("watch-2024")
    assert "Brouillon." in exported("watch-2024", drafts=True)


def test_a_quotation_under_a_closed_licence_stays_behind() -> None:
    load_report()
    Voice.objects.filter(key="ada-warns").update(
        mode="quote", quote_lang="en", locator="p. 1", permission_basis="Letter"
    )
    source = Voice.objects.get(key="ada-warns").source
    Source.objects.filter(pk=source.pk).update(licence="CC-BY-NC-ND-4.0")
    assert "She warns of dead water" not in exported("watch-2024")
    Source.objects.filter(pk=source.pk).update(licence="CC-BY-4.0")
    assert "She warns of dead water" in exported("watch-2024")


def test_one_order_keeps_that_of_every_page_and_breaks_a_circle() -> None:
    assert one_order([1, 2, 3, 4], [[3, 1], [4, 2], [3, 4]]) == [3, 1, 4, 2]
    assert sorted(one_order([1, 2, 3], [[1, 2], [2, 3], [3, 1]])) == [1, 2, 3]
    assert one_order([], []) == []
