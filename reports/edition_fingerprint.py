"""A short text that changes whenever anything changes that the public reads of an edition.

It is made of the rows' `xmin` and `ctid` (PostgreSQL manual, chapter 5.6, System Columns): every update gives a row
another pair, whichever way it is written. So a copy that was made of an edition is known to be of today without reading
the edition again: one query over the keys of its rows. What only a clock changes, the coming of a release time, is
counted in. It may change without need (after a restore, or by a change to a shared table that concerns another
edition); it never stays where something has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.db import connection, models
from psycopg import sql

from reports.editorial.corrections import Correction
from reports.editorial.publishing import Publishable
from reports.models import (
    EarlierFindingText,
    EditionPlace,
    EditionPlaceName,
    EditionText,
    Evidence,
    Finding,
    FindingPlace,
    FindingPlaceText,
    FindingText,
    FindingTheme,
    Instrument,
    InstrumentLink,
    InstrumentLinkText,
    InstrumentText,
    NamingNote,
    Person,
    Place,
    PlaceName,
    Publisher,
    ReportEdition,
    Source,
    ThemeChange,
    ThemeChangeText,
    ThemeInEdition,
    ThemeLink,
    ThemeLinkText,
    ThemeText,
    Voice,
    VoiceText,
    VoiceTheme,
)

OF_THE_EDITION: Final[dict[type[models.Model], str]] = {
    ReportEdition: "id = {edition}",
    **dict.fromkeys((EditionText, EditionPlace, EditionPlaceName, ThemeInEdition, Finding), "edition_id = {edition}"),
    ThemeText: "theme_id IN (SELECT id FROM reports_themeinedition WHERE edition_id = {edition})",
    **dict.fromkeys(
        (FindingText, Evidence, FindingTheme, FindingPlace, EarlierFindingText),
        "finding_id IN (SELECT id FROM reports_finding WHERE edition_id = {edition})",
    ),
}
"""Tables whose rows belong to one edition, and how they are found. Rows are given by their plain column names."""
SHARED: Final[tuple[type[models.Model], ...]] = (
    *(Publisher, Source, Place, PlaceName, NamingNote, Person, Correction, FindingPlaceText),
    *(Voice, VoiceText, VoiceTheme, Instrument, InstrumentText, InstrumentLink, InstrumentLinkText),
    *(ThemeLink, ThemeLinkText, ThemeChange, ThemeChangeText),
)
"""Small tables that editions share."""


def fingerprint(edition: ReportEdition) -> str:
    """64 hexadecimal digits; one query."""
    return fingerprints([edition.pk])[edition.pk]


def fingerprints(editions: Collection[int]) -> dict[int, str]:
    """Those of several editions by their ids; one query, none for none."""
    if not editions:
        return {}
    wanted = [_sum(None, model, "true") for model in SHARED]
    wanted += [_sum(pk, model, condition) for pk in editions for model, condition in OF_THE_EDITION.items()]
    sums: dict[int | None, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(wanted))
        for edition, *told in cursor.fetchall():
            sums[edition].append(tuple(told))
    about_the_site = (settings.ORIGIN, settings.DATA_LICENCE, *settings.DATA_LICENCES.values())
    shared = (about_the_site, sorted(sums[None]))
    return {pk: sha256(repr((shared, sorted(sums[pk]))).encode()).hexdigest() for pk in editions}


def _sum(edition: int | None, model: type[models.Model], condition: str) -> sql.Composed:
    """A row for a table: how many rows it has for an edition, or for all, and the sum of their hashes."""
    return sql.SQL(
        "SELECT {edition}::bigint, {name}, count(*),"
        " sum(hashtextextended(concat_ws('.', {key}, t.xmin, t.ctid, {released}), 0)) FROM {table} t WHERE {condition}"
    ).format(
        edition=sql.Literal(edition),
        name=sql.Literal(model._meta.db_table),
        key=sql.Identifier("t", _key(model)),
        released=sql.SQL("coalesce(t.release_at <= now(), true)" if issubclass(model, Publishable) else "true"),
        table=sql.Identifier(model._meta.db_table),
        condition=sql.SQL(condition).format(edition=sql.Literal(edition)),
    )


def _key(model: type[models.Model]) -> str:
    key: Any = model._meta.pk
    return str(key.column)
