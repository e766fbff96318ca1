"""The copy guard: ten words in a row of a source that may not be adapted are refused, whatever hides them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.core.management.base import CommandError

from reports.copy_guard import CopyGuard, hashed_runs, keep_source_text, normalised_words
from reports.editorial.texts import TextState
from reports.importing.applying import apply
from reports.importing.limits import ImportRefused
from reports.licences import may_be_carried_over
from reports.models import Finding, FindingText, InstrumentText, Source, SourceRuns
from reports.readiness import missing_for_publication
from tests.importing.making import bundle, told
from tests.reports.making import load_report, make_edition, make_finding, make_source, make_theme, put, report_json

pytestmark = pytest.mark.django_db
TEXT = (
    "In March the council of the river town voted to close the only gate that let the water out, and nobody objected."
)
COPIED = "We read that the council of the river town voted to close the only gate in spring."
ARABIC = "قرّر مجلسُ المدينة الواقعة على النهر إغلاقَ البوّابة الوحيدة التي كانت تصرّف المياه منها في الربيع"


@pytest.fixture
def guarded() -> Source:
    source = make_source("guarded")
    Source.objects.filter(pk=source.pk).update(licence="CC-BY-NC-ND-4.0", title="The river book")
    keep_source_text(source, TEXT)
    return source


def test_ten_words_in_a_row_are_found_and_nine_are_not(guarded: Source) -> None:
    copy = CopyGuard().copy_in(COPIED)
    assert copy is not None
    assert (copy.source, copy.position, copy.begins) == ("The river book", 4, "the council of the river")
    assert CopyGuard().copy_in("the council of the river town voted to close a gate") is None
    assert CopyGuard().copy_in("") is None


@pytest.mark.parametrize(
    "hidden",
    [
        "THE COUNCIL OF THE RIVER TOWN VOTED TO CLOSE the only gate",
        "the council — of the “river” town, voted: to close (the) only gate!",
        "thé cöuncil of the river town voted to close the only gate",
        "the coun\u00adcil of the river town voted to close the only gate",
        "the\u00a0council of the\u2009river town voted to\nclose the only gate",
    ],
)
def test_what_does_not_make_a_word_another_hides_no_copy(guarded: Source, hidden: str) -> None:
    assert CopyGuard().copy_in(hidden) is not None


def test_arabic_is_compared_without_vowel_signs_and_tatweel(guarded: Source) -> None:
    keep_source_text(guarded, ARABIC)
    bare = "قرر مجلس المدينة الواقعة على النهـــر إغلاق البوابة الوحيدة التي كانت تصرف المياه"
    assert CopyGuard().copy_in(bare) is not None


def test_letters_of_scripts_without_spaces_count_as_words(guarded: Source) -> None:
    keep_source_text(guarded, "河流监测组织在报告中指出水质恶化的原因")
    assert CopyGuard().copy_in("他们说:监测组织在报告中指出水质,") is not None
    assert normalised_words("水 质 the") == ["水", "质", "the"]


@pytest.mark.parametrize(
    ("licence", "refused"),
    [("CC-BY-NC-ND-4.0", True), ("CC BY-ND 4.0", True), ("", True), ("unknown", True), ("All rights reserved", True),
     ("CC-BY-NC-4.0", True), ("CC-BY-4.0", False), ("cc by-sa 3.0", False), ("CC0-1.0", False),
     ("Public domain", False)],
)  # fmt: skip
def test_only_a_licence_that_is_known_to_allow_it_frees_the_words(guarded: Source, licence: str, refused: bool) -> None:
    Source.objects.filter(pk=guarded.pk).update(licence=licence)
    assert (CopyGuard().copy_in(COPIED) is not None) is refused
    assert may_be_carried_over(licence) is not refused


def test_a_name_of_more_than_ten_words_is_free(guarded: Source) -> None:
    name = "Convention on the Protection of the Rights of All Workers on Rivers and their Families"
    keep_source_text(guarded, f"It cites the {name} in passing.")
    assert CopyGuard().copy_in(f"The {name} applies.") is not None
    load_report()
    InstrumentText.objects.update(title=name)
    assert CopyGuard().copy_in(f"The {name} applies.") is None


def test_nothing_that_can_be_read_is_kept(guarded: Source) -> None:
    row = SourceRuns.objects.get()
    assert b"council" not in bytes(row.runs)
    numbers = [bytes(row.runs)[at : at + 8] for at in range(0, len(row.runs), 8)]
    assert len(numbers) == row.words - 9
    values = [int.from_bytes(number, "little") for number in numbers]
    assert values == sorted(values)
    assert values != list(hashed_runs(TEXT))


def test_an_import_names_the_statement_and_where_the_copy_begins(guarded: Source) -> None:
    data = put(report_json(), "findings.0.texts.en.statement", COPIED)
    with pytest.raises(ImportRefused) as refusal:
        apply(bundle(data), AnonymousUser())
    (line,) = told(refusal.value)
    assert "findings[0].texts.en.statement" in line
    assert "From word 4 on (“the council of the river …”)" in line
    assert not Finding.objects.exists()


def test_what_is_copied_is_not_ready_to_be_published(guarded: Source) -> None:
    finding = make_finding(make_theme(make_edition()))
    assert missing_for_publication(finding) == []
    FindingText.objects.filter(finding=finding).update(explanation=COPIED)
    (line,) = missing_for_publication(finding)
    assert "“The river book”" in line
    FindingText.objects.filter(finding=finding).update(explanation="")
    FindingText.objects.create(finding=finding, lang="fr", statement=COPIED, state=TextState.DRAFT)
    assert missing_for_publication(finding) == []
    FindingText.objects.filter(lang="fr").update(state=TextState.PUBLISHED)
    assert missing_for_publication(finding)[0].startswith("fr: ")


def test_the_command_loads_a_text_and_says_what_is_wrong(guarded: Source, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "text.txt"
    path.write_text("One two three four five six seven eight nine ten eleven.", encoding="utf-8")
    call_command("load_source_text", "guarded", str(path))
    assert "11 words of guarded are guarded" in capsys.readouterr().out
    assert CopyGuard().copy_in(COPIED) is None  # the former text is replaced
    path.write_bytes("é".encode("latin-1"))
    for source, file, told_so in [("no-such", path, "no source"), ("guarded", path, "not UTF-8"),
                                  ("guarded", tmp_path / "none", "cannot be read")]:  # fmt: skip
        with pytest.raises(CommandError, match=told_so):
            call_command("load_source_text", source, str(file))
