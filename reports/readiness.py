"""What a finding needs before the public may read it. A deferred trigger holds the same rules and has the last word."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from reports.copy_guard import CopyGuard
from reports.editorial.texts import TextState
from reports.findings import Attribution, Finding, PlaceRole, Scope
from reports.sources import Relation

ROLES_THAT_PLACE: Final = frozenset({PlaceRole.WHERE, PlaceRole.AFFECTED, PlaceRole.ACTOR})
"""Roles that say what a place has to do with a finding; being mentioned does not."""


def missing_for_publication(finding: Finding) -> list[str]:
    """What is still missing, in words for an editor; empty when the finding may be published."""
    original = finding.texts.filter(lang=finding.original_lang).first()
    missing = []
    if original is None or original.state != TextState.PUBLISHED:
        missing.append(_("A published text in its original language."))
    if not finding.evidence.filter(relation=Relation.SUPPORTS).exists():
        missing.append(_("A source that supports it."))
    if not finding.finding_themes.filter(primary=True).exists():
        missing.append(_("A theme that is its home."))
    if finding.scope == Scope.PLACES and not finding.finding_places.filter(role__in=ROLES_THAT_PLACE).exists():
        missing.append(_("A place where it happened, whose people it affected or whose authorities acted."))
    if finding.attribution == Attribution.ALLEGED and not (original and original.reply):
        missing.append(_("The reply of the accused side, or that none was asked for or none came."))
    return [*missing, *copied_words(finding, "statement", "explanation", "reply")]


def copied_words(holder: Any, *columns: str) -> list[str]:
    """What these columns of its public texts copy from a source whose licence forbids it, in words for an editor."""
    guard = CopyGuard()
    texts = holder.texts.filter(Q(state=TextState.PUBLISHED) | Q(lang=holder.original_lang))
    words = [(text.lang, getattr(text, column)) for text in texts for column in columns]
    return [f"{lang}: {copy}" for lang, part in words if (copy := guard.copy_in(part))]
