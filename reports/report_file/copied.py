"""Words of a report file that are copied from a source whose licence forbids it."""

from __future__ import annotations

from collections.abc import Iterator

from reports.content_file import Problem
from reports.copy_guard import CopyGuard
from reports.report_file.parts import Item, ReportFile
from reports.voices import Mode


def copied_words(report: ReportFile) -> list[Problem]:
    """Each copied statement, summary, note or paraphrase; a quotation has its own rule and its own permission."""
    guard = CopyGuard()
    problems = []
    for path, item in _worded(report):
        for lang, words in item.texts.items():
            for column, text in words.items():
                copy = guard.copy_in(text) if isinstance(text, str) else None
                if copy is not None:
                    problems.append(Problem(f"{path}.texts.{lang}.{column}", f'"{item.key}"', str(copy)))
    return problems


def _worded(report: ReportFile) -> Iterator[tuple[str, Item]]:
    """What has words of ours, with its path."""
    yield "edition", report.edition
    for name, items in (("themes", report.themes), ("findings", report.findings)):
        yield from ((f"{name}[{index}]", item) for index, item in enumerate(items))
    for index, voice in enumerate(report.voices):
        if voice.columns.get("mode") != Mode.QUOTE:
            yield f"voices[{index}]", voice
