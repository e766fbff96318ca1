"""The findings of a report file."""

from __future__ import annotations

from collections.abc import Sequence

from reports.content_file import Entry, each_once
from reports.findings import Attribution, Precision, Scope
from reports.models import Evidence, Finding, FindingPlace, FindingPlaceText, FindingText
from reports.readiness import ROLES_THAT_PLACE
from reports.report_file.known import Known
from reports.report_file.parts import Columns, EvidenceItem, FindingItem, RoleItem, Texts
from reports.sources import Relation


def read_findings(entries: list[Entry], known: Known) -> list[FindingItem]:
    """The findings, each with its themes, places and evidence."""
    items = [_finding(entry, known) for entry in entries]
    each_once([(entry, item.key) for entry, item in zip(entries, items, strict=True)])
    return items


def _finding(entry: Entry, known: Known) -> FindingItem:
    before = len(entry.problems)
    dates = ["occurred_from", "occurred_to"]
    columns = entry.columns(Finding, "kind", "attribution", "scope", optional=[*dates, "precision"])
    item = FindingItem(
        key=entry.key(),
        columns={"occurred_from": None, "occurred_to": None, "precision": Precision.UNKNOWN.value, **columns},
        texts=entry.texts(
            FindingText,
            "statement",
            optional=["explanation", "content_warning", "reply"],
            original=known.original_lang,
        ),
        themes=entry.references("themes", known.themes, "a theme of this file", least=1),
        places=[_place(place, known) for place in entry.children("places")],
        evidence=[_evidence(evidence, known) for evidence in entry.children("evidence")],
    )
    entry.finish()
    if len(entry.problems) == before:
        entry.rules(Finding, item.columns)
        _check_whole(entry, item, known)
    return item


def _place(entry: Entry, known: Known) -> RoleItem:
    item = RoleItem(
        code=entry.reference("code", known.places, "a place") or "",
        role=entry.columns(FindingPlace, "role").get("role", ""),
        texts=_localities(entry, known),
    )
    entry.finish()
    return item


def _localities(entry: Entry, known: Known) -> Texts:
    """The part of the place that is meant: one name for all languages, or names by language."""
    if not entry.has("locality") or entry.data["locality"] == "":
        return {}
    given = entry.data["locality"]
    names = given if isinstance(given, dict) else {known.original_lang: given}
    wrapped = {lang: {"locality": name} for lang, name in names.items()}
    below = Entry(entry.path, {"locality": wrapped}, entry.problems)
    return below.texts(FindingPlaceText, "locality", original=known.original_lang, name="locality")


def _evidence(entry: Entry, known: Known) -> EvidenceItem:
    columns: Columns = {"locator": "", "note": ""}
    source = entry.reference("source", known.sources, "a source") or ""
    columns |= entry.columns(Evidence, "relation", optional=["locator", "note"])
    entry.finish()
    return EvidenceItem(source, columns)


def _check_whole(entry: Entry, item: FindingItem, known: Known) -> None:
    """What a public finding needs, and what a list holds once."""
    if item.columns["scope"] == Scope.PLACES and not any(place.role in ROLES_THAT_PLACE for place in item.places):
        roles = ", ".join(sorted(ROLES_THAT_PLACE))
        entry.report("places", f'a finding of scope "places" needs one with a role of {roles}')
    if not any(evidence.columns["relation"] == Relation.SUPPORTS for evidence in item.evidence):
        entry.report("evidence", 'needs at least one source whose relation is "supports"')
    if item.columns["attribution"] == Attribution.ALLEGED and not item.texts[known.original_lang].get("reply"):
        at = f"texts.{known.original_lang}.reply"
        entry.report(at, "what is alleged needs the reply of the accused side, or that none was asked for or came")
    _once(entry, "places", [(place.code, place.role) for place in item.places])
    _once(entry, "evidence", [(e.source, e.columns["locator"], e.columns["relation"]) for e in item.evidence])


def _once(entry: Entry, name: str, rows: Sequence[object]) -> None:
    for index, row in enumerate(rows):
        if row in rows[:index]:
            entry.report(f"{name}[{index}]", "stands there twice: leave one out")
