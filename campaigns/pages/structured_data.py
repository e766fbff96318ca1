"""The report in the vocabulary of schema.org, for programs: Report, Dataset, CorrectionComment.

Never ClaimReview: that is for checks of what somebody else claimed, by those who claim nothing themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from campaigns.pages.finding_page import SITE, FindingPage
from campaigns.pages.report_page import address
from reports.corrections import ReadCorrection
from reports.finding_reading import ReadFinding, ReadSource
from reports.open_data import FORMATS
from reports.sources import Relation
from reports.theme_reading import ReadEdition, ReadTheme

Thing = dict[str, Any]


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
