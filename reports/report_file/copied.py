"""Words of a report file that are copied from a source whose licence forbids it."""

from __future__ import annotations

from collections.abc import Iterator

from reports.content_file import Problem
from reports.copy_guard import CopyGuard
from reports.report_file.parts import ReportFile, Texts
from reports.voices import Mode


def copied_words(report: ReportFile) -> list[Problem]:
    """Each copied statement, summary, note or paraphrase; a quotation has its own rule and its own permission."""
    guard = CopyGuard()
    problems = []
    for path, key, texts in _worded(report):
        for lang, words in texts.items():
            for column, text in words.items():
                copy = guard.copy_in(text) if isinstance(text, str) else None
                if copy is not None:
                    problems.append(Problem(f"{path}.texts.{lang}.{column}", f'"{key}"', str(copy)))
    return problems


def _worded(report: ReportFile) -> Iterator[tuple[str, str, Texts]]:
    """What has words of ours, with its path and its key."""
    yield "edition", report.edition.key, report.edition.texts
    for name, items in (("themes", report.themes), ("findings", report.findings)):
        yield from ((f"{name}[{index}]", item.key, item.texts) for index, item in enumerate(items))
    for index, voice in enumerate(report.voices):
        if voice.columns.get("mode") != Mode.QUOTE:
            yield f"voices[{index}]", voice.key, voice.texts
    for index, link in enumerate(report.theme_links):
        yield f"theme_links[{index}]", link.later, link.texts
    for index, change in enumerate(report.theme_changes):
        yield f"theme_changes[{index}]", change.theme, change.texts
