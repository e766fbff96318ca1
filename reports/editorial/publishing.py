"""One small machine of publishing states, and the one predicate that decides what the public may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.editorial.removals import drop_cached_pages
from reports.editorial.uids import LENGTH, new_uid


class State(models.TextChoices):
    """Where a publishable object stands. `removed` answers 410; `retracted` stays readable with a notice."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")
    RETRACTED = "retracted", _("retracted")
    REMOVED = "removed", _("removed")


PUBLIC = [State.SCHEDULED, State.PUBLISHED, State.ARCHIVED, State.RETRACTED]
STOOD_BY = [State.SCHEDULED, State.PUBLISHED, State.ARCHIVED]
"""Public, and we stand by it."""
READ_ONLY = frozenset({State.ARCHIVED, State.RETRACTED})
"""Public still, and nobody can do anything there any more."""
HELD = frozenset({State.APPROVED, *PUBLIC})
"""Where a release time is agreed: moving it forward takes two people."""
NOT_UNDER_EMBARGO = frozenset({State.DRAFT, State.RETRACTED, State.REMOVED})
"""Where what is held under an embargo does not go: a draft's time moves freely, and nobody saw what would be taken
back. It waits among what is approved."""

TRANSITIONS: dict[State, set[State]] = {
    State.DRAFT: {State.IN_REVIEW},
    State.IN_REVIEW: {State.DRAFT, State.APPROVED},
    State.APPROVED: {State.DRAFT, State.SCHEDULED, State.PUBLISHED},
    State.SCHEDULED: {State.APPROVED, State.PUBLISHED, State.RETRACTED, State.REMOVED},
    State.PUBLISHED: {State.ARCHIVED, State.RETRACTED, State.REMOVED},
    State.ARCHIVED: {State.RETRACTED, State.REMOVED},
    State.RETRACTED: {State.REMOVED},
    State.REMOVED: set(),
}


def next_states(obj: Publishable) -> list[State]:
    """Where an object may go from where it is."""
    legal = [state for state in State if state in TRANSITIONS[State(obj.state)]]
    return [state for state in legal if not (state in NOT_UNDER_EMBARGO and is_held(obj))]


def is_held(obj: Publishable) -> bool:
    """Whether an embargo that two people have agreed to is in force."""
    return obj.state in HELD and obj.release_at is not None and obj.release_at > timezone.now()


def together(own: str, owner: str) -> State:
    """How something stands to a reader together with what it belongs to: retracted where either is."""
    return State.RETRACTED if State.RETRACTED in (own, owner) else State(own)


class IllegalTransition(Exception):
    """The state at hand does not lead to the one asked for."""


def visible(prefix: str = "", at: datetime | None = None) -> models.Q:
    """The predicate for objects the public may see now, or below a relation when `prefix` names one.

    A release time is compared at every request, so no clock can be late.
    """
    path = f"{prefix}__" if prefix else ""
    return models.Q(**{f"{path}state__in": PUBLIC}) & released(prefix, at)


def stood_by(prefix: str = "") -> models.Q:
    """The predicate for what is spread further, in lists, counts, feeds and files: visible, and not retracted."""
    path = f"{prefix}__" if prefix else ""
    return models.Q(**{f"{path}state__in": STOOD_BY}) & released(prefix)


def released(prefix: str = "", at: datetime | None = None) -> models.Q:
    """That the release time has come, whatever the state."""
    path = f"{prefix}__" if prefix else ""
    return models.Q(**{f"{path}release_at": None}) | models.Q(**{f"{path}release_at__lte": at or Now()})


def stood_by_sql(table: str) -> str:
    """The same predicate for a statement written by hand, of the table or alias of that name."""
    states = ", ".join(f"'{state}'" for state in STOOD_BY)
    return f"({table}.state IN ({states}) AND coalesce({table}.release_at <= now(), true))"


class PublishableQuerySet(models.QuerySet[Any]):
    """Public views start from `visible()` and from nothing else."""

    def visible(self) -> Self:
        """Objects whose state is public and whose release time has come."""
        return self.filter(visible())

    def stood_by(self) -> Self:
        """Of those what we stand by: what was retracted stays readable at its address, and nothing leads there."""
        return self.filter(stood_by())

    def gone(self) -> Self:
        """Objects that were taken off the site: their addresses answer 410. What never came out is not told of."""
        return self.filter(released(), state=State.REMOVED)


class BelongingQuerySet(PublishableQuerySet):
    """What belongs to something publishable is public only together with it: a finding of an edition, a petition of a
    campaign. `owner` names the relation."""

    owner: ClassVar[str]

    def visible(self) -> Self:
        """Own state and release time, and those of the owner. An owner that was archived or retracted stays readable,
        and so does what belongs to it."""
        return super().visible().filter(visible(self.owner))

    def stood_by(self) -> Self:
        """Neither it nor its owner was retracted: we spread no petition of a campaign that we do not stand by."""
        return super().stood_by().filter(stood_by(self.owner))

    def gone(self) -> Self:
        """What was removed itself, or was public and went with its owner; nothing of an owner that is hidden."""
        with_owner = models.Q(**{f"{self.owner}__state": State.REMOVED})
        alone = models.Q(state=State.REMOVED) & released()
        return self.filter(alone & (visible(self.owner) | with_owner) | visible() & with_owner)


class Publishable(models.Model):
    """A public object: identity, state, release time and the version that translations are compared with."""

    uid = models.CharField(max_length=LENGTH, unique=True, default=new_uid, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    release_at = models.DateTimeField(_("release at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    original_lang = models.CharField(_("original language"), max_length=12, default="en")

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True

    def wording_numbers(self, lang: str) -> tuple[int, int]:
        """The numbers of the wordings before and after the newest change to its published words in a language.

        Only a change of the original counts. A model that numbers its wordings in another way overrides this.
        """
        before = self.version - 1 if lang == self.original_lang else self.version
        return before, self.version

    def move_to(self, target: State) -> None:
        """Change the state in one statement that also checks the state it leaves.

        Raises IllegalTransition, with nothing changed, when the stored state does not lead to `target`.
        """
        sources = [source for source, targets in TRANSITIONS.items() if target in targets]
        leaving = type(self)._default_manager.filter(pk=self.pk, state__in=sources)
        if target in NOT_UNDER_EMBARGO:
            leaving = leaving.filter(released() | ~models.Q(state__in=HELD))
        with transaction.atomic():
            changed = leaving.update(state=target)
            if not changed:
                raise IllegalTransition(_("%(state)s cannot follow here.") % {"state": target.label})
            if target not in PUBLIC:
                drop_cached_pages()
        self.state = target
