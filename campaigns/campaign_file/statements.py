"""What a campaign file says that later editions say became of its demands."""

from __future__ import annotations

from campaigns.campaign_file.known import Known
from campaigns.campaign_file.parts import DemandItem, StatementItem
from campaigns.models import DemandStatement, DemandStatementText
from reports.content_file import Entry, each_once
from reports.editorial.publishing import PUBLIC
from reports.models import ReportEdition


def read_statements(entries: list[Entry], known: Known, first_edition: str) -> list[StatementItem]:
    """One for each edition that speaks of the demand; none is of the demand's own time or before."""
    if not entries:
        return []
    periods = dict(ReportEdition.objects.values_list("key", "period_end"))
    items = [_statement(entry, known, list(periods)) for entry in entries]
    together = [(entry, item.edition) for entry, item in zip(entries, items, strict=True)]
    each_once(together, "edition")
    for entry, edition in together:
        if edition and first_edition in periods and periods[edition] <= periods[first_edition]:
            entry.report("edition", "comes before the demand was made: name a later edition", edition)
    return items


def _statement(entry: Entry, known: Known, editions: list[str]) -> StatementItem:
    before = len(entry.problems)
    item = StatementItem(
        edition=entry.reference("edition", editions, "an edition that is there already") or "",
        standing=entry.columns(DemandStatement, "standing").get("standing", ""),
        source=entry.reference("source", known.sources, "a source", nullable=True),
        texts=entry.texts(DemandStatementText, "note", original=known.original_lang),
    )
    entry.finish()
    if len(entry.problems) == before:
        entry.rules(DemandStatement, {"standing": item.standing, "source_id": 1 if item.source else None})
    return item


def check_statements(entries: list[Entry], items: list[DemandItem]) -> None:
    """What a public edition says stays said."""
    found = DemandStatement.objects.filter(
        demand__key__in=[item.key for item in items], edition__state__in=PUBLIC
    ).values_list("demand__key", "edition__key", "standing", "source__key")
    stored = {(demand, edition): (standing, source) for demand, edition, standing, source in found}
    for entry, item in zip(entries, items, strict=True):
        for index, said in enumerate(item.statements):
            before = stored.get((item.key, said.edition))
            if before and before != (said.standing, said.source):
                advice = f"is public and says “{before[0]}”: what a public edition says stays"
                entry.report(f"statements[{index}].edition", advice, said.edition)
