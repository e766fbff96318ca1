"""What pages of the report and of demands say, for programs, in the vocabulary of schema.org.

Never ClaimReview: that is for checks of what somebody else claimed, by those who claim nothing themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from campaigns.demand_reading import ReadEvent
from campaigns.demands import DemandState
from campaigns.pages.demand_page import DemandPage
from campaigns.pages.finding_page import SITE, FindingPage
from campaigns.pages.report_page import address
from reports.corrections import ReadCorrection
from reports.finding_reading import ReadFinding, ReadSource
from reports.open_data import FORMATS
from reports.sources import Relation
from reports.theme_reading import ReadEdition, ReadTheme

Thing = dict[str, Any]
ACTION_STATUS: Final = {
    DemandState.MET: "CompletedActionStatus",
    DemandState.REJECTED: "FailedActionStatus",
    DemandState.LAPSED: "FailedActionStatus",
}
"""Where a demand has come to its end; elsewhere it is still being asked."""


def theme_report(theme: ReadTheme, findings: Iterable[ReadFinding]) -> Thing:
    """The page of a theme: a part of its edition that cites the sources of its findings."""
    sources = [source for finding in findings for source in finding.sources]
    return {
        **_own_words(theme.edition, theme.corrections),
        "name": theme.text.title,
        "abstract": theme.text.summary,
        "inLanguage": theme.text.lang,
        "url": settings.ORIGIN + address(theme.text.lang, "pages:theme", theme.text.slug),
        **_citation(sources),
    }


def finding_report(page: FindingPage) -> Thing:
    """The page of a finding, under the address that stays."""
    return {
        **_own_words(page.edition, page.finding.corrections),
        "name": page.text.statement,
        "identifier": page.finding.uid,
        "version": page.version,
        "inLanguage": page.text.lang,
        "url": page.permalink if page.is_current else page.frozen_link,
        **_citation(source for source in page.finding.sources if source.relation == Relation.SUPPORTS),
    }


def demand_asked(page: DemandPage) -> Thing:
    """The page of a demand: who asks whom for what, since when, on which sources, and what has come of it."""
    demand = page.demand
    asked_by = dict.fromkeys(campaign.organisation for campaign in page.campaigns)
    return {
        "@type": "AskAction",
        "name": demand.text.title,
        "description": demand.text.text,
        "identifier": demand.uid,
        "inLanguage": demand.text.lang,
        "url": settings.ORIGIN + address(demand.text.lang, "pages:demand", demand.uid),
        "actionStatus": f"https://schema.org/{ACTION_STATUS.get(demand.standing, 'ActiveActionStatus')}",
        "agent": [_organisation(name, settings.ORIGIN) for name in asked_by] or _organisation(SITE, settings.ORIGIN),
        **({"recipient": _named("Organization", demand.addressee.name)} if demand.addressee else {}),
        **({"startTime": demand.origin.on.isoformat()} if demand.origin else {}),
        "about": [_evidence(finding) for finding in page.findings if finding.text],
        **({"result": [_step(event) for event in demand.events]} if demand.events else {}),
    }


def _evidence(finding: ReadFinding) -> Thing:
    assert finding.text is not None, "asked for by the caller"
    url = settings.ORIGIN + reverse("permalinks:finding", args=[finding.uid])
    supporting = (source for source in finding.sources if source.relation == Relation.SUPPORTS)
    return {**_named("Report", finding.text.statement), "identifier": finding.uid, "url": url, **_citation(supporting)}


def _step(event: ReadEvent) -> Thing:
    """Something that happened to a demand, dated and with its source."""
    source = {"name": event.source_title, "url": event.source_url, "identifier": event.source_symbol}
    cited = {name: value for name, value in source.items() if value}
    return {
        **_named("CreativeWork", str(event.kind.label)),
        **({"text": event.text.note, "inLanguage": event.text.lang} if event.text else {}),
        "datePublished": event.on.isoformat(),
        **({"citation": {"@type": "CreativeWork", **cited}} if cited else {}),
    }


def _named(kind: str, name: str) -> Thing:
    return {"@type": kind, "name": name}


def edition_dataset(edition: ReadEdition) -> Thing:
    """The open data of an edition, with its files."""
    files = [(form, reverse("data:edition", args=[edition.key, form])) for form in FORMATS]
    return {
        "@type": "Dataset",
        "name": f"{edition.publisher} {edition.label}",
        "description": edition.text.headline if edition.text else edition.label,
        "inLanguage": [code for code, _name in settings.LANGUAGES],
        "license": _own_licence(),
        "creator": _organisation(SITE, settings.ORIGIN),
        "isBasedOn": _edition(edition),
        "temporalCoverage": f"{edition.period_start.isoformat()}/{edition.period_end.isoformat()}",
        "url": settings.ORIGIN + reverse("data:index"),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": FORMATS[form].partition(";")[0],
                "contentUrl": settings.ORIGIN + url,
            }
            for form, url in files
        ],
    }


def _own_words(edition: ReadEdition, corrections: Iterable[ReadCorrection]) -> Thing:
    told = [_correction(one) for one in corrections]
    return {
        "@type": "Report",
        "reportNumber": edition.label,
        "isPartOf": _edition(edition),
        "datePublished": edition.released_on.isoformat(),
        "license": _own_licence(),
        "publisher": _organisation(SITE, settings.ORIGIN),
        **({"correction": told} if told else {}),
    }


def _edition(edition: ReadEdition) -> Thing:
    return {
        "@type": "Report",
        "name": edition.text.title if edition.text else edition.label,
        "reportNumber": edition.label,
        "url": edition.source_url,
        "datePublished": edition.released_on.isoformat(),
        "license": {"@type": "CreativeWork", "name": edition.licence},
        "publisher": _organisation(edition.publisher, edition.publisher_url),
    }


def _correction(one: ReadCorrection) -> Thing:
    text = f"{one.was} → {one.now} {one.reason}" if one.now else one.reason
    return {
        "@type": "CorrectionComment",
        "text": text,
        "datePublished": one.at.date().isoformat(),
        "inLanguage": one.lang,
    }


def _citation(sources: Iterable[ReadSource]) -> Thing:
    cited = {(source.title, source.url): _source(source) for source in sources}
    return {"citation": list(cited.values())} if cited else {}


def _source(source: ReadSource) -> Thing:
    known = {
        "name": source.title,
        "url": source.url,
        "identifier": source.doc_symbol,
        "publisher": source.publisher,
        "datePublished": source.published_on.isoformat() if source.published_on else "",
        "inLanguage": source.lang,
    }
    return {"@type": "CreativeWork", **{name: value for name, value in known.items() if value}}


def _own_licence() -> str:
    return str(settings.DATA_LICENCES[settings.DATA_LICENCE])


def _organisation(name: str, url: str) -> Thing:
    return {"@type": "Organization", "name": name, "url": url}
