"""A finding's page: the statement by itself, in any of its wordings, with everything needed to check and to cite it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from campaigns.demand_reading import ReadDemand, read_demands
from campaigns.models import Demand
from reports.citations import Citation
from reports.editorial.publishing import together, visible
from reports.finding_reading import ReadFinding, as_finding, finding_columns
from reports.findings import FindingText
from reports.models import EarlierFindingText, Finding, FindingTheme, ThemeText
from reports.reading import Row, as_text, as_time, below, rows, words
from reports.sources import Relation
from reports.theme_reading import ReadEdition, as_edition, edition_columns, in_newest_edition

SITE = "Upstander"


@dataclass(frozen=True)
class Wording:
    """A wording that was replaced: the words that state `number` of the finding had in their language."""

    number: int
    replaced_at: datetime
    text: FindingText


@dataclass(frozen=True)
class FindingPage:
    """All that the page of a finding shows. `version` is the wording on the page, `newest` the one that holds now."""

    finding: ReadFinding
    text: FindingText
    edition: ReadEdition
    themes: list[ThemeText]
    demands: list[ReadDemand]
    earlier: list[Wording]
    version: int
    newest: int
    in_newest: ThemeText | None
    """Its home theme in the newest edition, where that is a later one that treats the theme again."""

    @property
    def is_current(self) -> bool:
        """Whether the wording on the page is the one that holds."""
        return self.version == self.newest

    @property
    def permalink(self) -> str:
        """The finding's address without a language, absolute: it leads to each reader's own."""
        return settings.ORIGIN + reverse("permalinks:finding", args=[self.finding.uid])

    @property
    def frozen_link(self) -> str:
        """The address of this very wording, absolute."""
        return settings.ORIGIN + reverse("permalinks:version", args=[self.finding.uid, self.version])

    @property
    def citation(self) -> Citation:
        """What a citation of this wording says, as of today."""
        edition = self.edition
        return Citation(
            uid=self.finding.uid,
            version=self.version,
            statement=self.text.statement,
            lang=self.text.lang,
            site=SITE,
            url=self.frozen_link,
            edition_title=edition.text.title if edition.text else "",
            edition_label=edition.label,
            edition_url=edition.source_url,
            publisher=edition.publisher,
            released_on=edition.released_on,
            sources=[source for source in self.finding.sources if source.relation == Relation.SUPPORTS],
            accessed=datetime.now(UTC).date(),
        )


def read_finding_page(uid: str, lang: str, version: int | None = None) -> FindingPage | None:
    """The page of a public finding, in its newest or an earlier wording; None if there is no such. Two queries."""
    row = next(iter(rows(Finding.objects.visible().filter(uid=uid), _columns(lang))), None)
    page = _as_page(row, version) if row else None
    if page is None:
        return None
    demands = Demand.objects.stood_by().filter(demand_findings__finding=page.finding.pk)
    return replace(page, demands=read_demands(demands.order_by("pk"), lang))


def read_finding_pages(findings: QuerySet[Finding], lang: str) -> Iterator[FindingPage]:
    """The pages of findings of a queryset that starts from `visible()`, without what is asked because of them."""
    for row in rows(findings, _columns(lang)):
        if page := _as_page(row):
            yield page


def _as_page(row: Row, version: int | None = None) -> FindingPage | None:
    finding = as_finding(row)
    earlier = [_wording(wording) for wording in row["earlier"]]
    newest = 1 + max((wording.number for wording in earlier), default=0)
    if finding.text is None or (version is not None and not 1 <= version <= newest):
        return None
    edition = as_edition(row["edition"])
    text = worded(finding.text, earlier, version or newest)
    return FindingPage(
        finding=replace(finding, text=text, state=together(finding.state, edition.state)),
        text=text,
        edition=edition,
        themes=[theme for found in row["themes"] if (theme := as_text(ThemeText, found["text"]))],
        demands=[],
        earlier=[wording for wording in earlier if wording.text.lang == text.lang],
        version=version or newest,
        newest=newest,
        in_newest=_in_newest(row["themes"], edition),
    )


def _in_newest(themes: list[Row], edition: ReadEdition) -> ThemeText | None:
    later = [theme["newest"] for theme in themes if theme["newest"] and edition.newest]
    found = next((row for row in later if edition.newest and row["edition"] == edition.newest["pk"]), None)
    return as_text(ThemeText, found["text"]) if found else None


def worded(text: FindingText, earlier: list[Wording], version: int) -> FindingText:
    """The words of a language in state `version`: those of the first replacement at or after it, else today's."""
    later = [wording for wording in earlier if wording.text.lang == text.lang and wording.number >= version]
    return min(later, key=lambda wording: wording.number).text if later else text


def _columns(lang: str) -> dict[str, object]:
    themes = FindingTheme.objects.filter(visible("theme"), visible("theme__edition"), finding=OuterRef("pk")).order_by(
        "-primary", "theme__position"
    )
    theme = words(ThemeText, lang, of="theme_id", original="theme__original_lang")
    earlier = EarlierFindingText.objects.filter(finding=OuterRef("pk")).order_by("number")
    plain = ["number", "lang", "statement", "explanation", "reply", "content_warning", "replaced_at"]
    return {
        **finding_columns(lang),
        "themes": below(themes, {"text": theme, "newest": in_newest_edition(lang, theme="theme__theme")}),
        "earlier": below(earlier, {name: name for name in plain}),
        "edition": JSONObject(**edition_columns(lang, "edition__")),
    }


def _wording(row: Row) -> Wording:
    number, replaced_at = row.pop("number"), as_time(row.pop("replaced_at"))
    assert replaced_at is not None, "the column is never null"
    return Wording(number, replaced_at, FindingText(**row))
