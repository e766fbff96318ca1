"""An edition as its own page shows it: what the report is, its themes, what was corrected, and the other editions."""

from __future__ import annotations

from dataclasses import dataclass

from reports.corrections import ReadCorrection, corrections, read_corrections
from reports.editorial.publishing import State
from reports.models import ReportEdition, ThemeInEdition
from reports.reading import rows
from reports.theme_reading import ReadEdition, ThemeLine, as_edition, edition_columns, list_editions, list_themes


@dataclass(frozen=True)
class EditionPage:
    """All that the page shows."""

    edition: ReadEdition
    corrections: list[ReadCorrection]
    themes: list[ThemeLine]
    others: list[ReadEdition]


def read_edition_page(key: str, lang: str) -> EditionPage | None:
    """A public edition by its key; three queries, None where there is none."""
    found = ReportEdition.objects.visible().filter(key=key)
    row = next(iter(rows(found, {**edition_columns(lang), "corrections": corrections(ReportEdition)})), None)
    if row is None:
        return None
    told = row.pop("corrections")
    edition = as_edition(row)
    # Not `stood_by`: the themes of a retracted edition are read under its notice, as the edition is.
    themes = ThemeInEdition.objects.visible().filter(edition=edition.pk).exclude(state=State.RETRACTED)
    return EditionPage(
        edition=edition,
        corrections=read_corrections(told, edition.text.lang if edition.text else lang),
        themes=list_themes(themes.order_by("position", "pk"), lang),
        others=[other for other in list_editions(lang) if other.pk != edition.pk],
    )
