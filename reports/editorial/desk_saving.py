"""Saving at the desk: nothing that somebody else stored is overwritten, and nothing that was typed is lost.

A form carries a fingerprint of what it showed: the row, its references and its inline rows. Under the row's lock the
fingerprint is compared with what is stored now. Where they differ the form comes back with status 409, with the typed
values in it and the stored ones beside them; sending it once more saves it knowingly. A rule of the database that the
whole would break brings the form back in the same way, with status 422.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from reports.editorial.accessible_html import faults_in_texts
from reports.editorial.audit import AuditEntry, entries_of
from reports.editorial.desk_access import DeskAdmin
from reports.editorial.publishing import Publishable, State

SEEN = "seen"
COMPLETE = frozenset({State.SCHEDULED, State.PUBLISHED})
"""Where nothing may be missing. Whatever has gone missing since: what does not hold can be archived and retracted."""


@dataclass(frozen=True)
class Refusal:
    """Why a form comes back although its fields are well. In a conflict `last` is the other person's act."""

    status: int
    lines: list[str]
    conflict: bool = False
    last: AuditEntry | None = None


@dataclass(frozen=True)
class Difference:
    """A field whose stored value is not the typed one."""

    label: str
    stored: str
    typed: str


class Refused(Exception):
    """Saving would break a rule; the lines say what is missing."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(*lines)
        self.lines = lines


@dataclass
class Fingerprint:
    """Tells whether rows are the same as at another moment."""

    rows: list[Any] = field(default_factory=list)

    def add(self, found: models.QuerySet[Any]) -> None:
        """Take rows into account, in the order of their keys."""
        self.rows.append(list(found.order_by("pk").values_list()))

    def __str__(self) -> str:
        return hashlib.sha256(repr(self.rows).encode()).hexdigest()[:32]


class Refusing(forms.ModelForm):  # type: ignore[type-arg]
    """A form that is refused whatever it holds, with what was typed kept in it."""

    refusal: Refusal

    def clean(self) -> None:
        """Say why."""
        super().clean()
        raise ValidationError(self.refusal.lines)


def refusal_of(request: HttpRequest) -> Refusal | None:
    """Why the form of this request is refused, once that is known."""
    refusal: Refusal | None = getattr(request, "refusal", None)
    return refusal


def conflict(about: models.Model) -> Refusal:
    """Somebody else stored something since the form was shown."""
    lines = [
        _(
            "Somebody else has changed this since you opened it. Nothing was saved and nothing is lost: your words are "
            "still in the form, and what is stored now stands beside them. Bring the two together and save again."
        )
    ]
    return Refusal(409, lines, conflict=True, last=entries_of(about).first())


def differences(form: forms.BaseForm) -> list[Difference]:
    """Fields whose stored value is not the typed one, in words."""
    return [
        Difference(str(form[name].label), _shown(form, name, form[name].initial), _shown(form, name, form[name].data))
        for name in form.changed_data
    ]


def _shown(form: forms.BaseForm, name: str, value: Any) -> str:
    choices = dict(getattr(form.fields[name], "choices", None) or []) if not _is_reference(form, name) else {}
    if isinstance(value, list | tuple | models.QuerySet):
        return ", ".join(str(choices.get(part, part)) for part in value)
    return "" if value is None else str(choices.get(value, form.fields[name].prepare_value(value)))


def _is_reference(form: forms.BaseForm, name: str) -> bool:
    return isinstance(form.fields[name], forms.ModelChoiceField)


class NothingLost(DeskAdmin):
    """The change form of a model, kept as the module says."""

    rules: ClassVar[Mapping[str, Any]] = {}
    """What to tell an editor who would break a rule that spans rows, by the name of that rule in the database."""

    def missing(self, obj: Any) -> list[str]:
        """What an object lacks to be public, in words for an editor: nothing in its texts may shut readers out."""
        return faults_in_texts(obj) if hasattr(obj, "texts") else []

    def broken_rule(self, problem: IntegrityError) -> Refusal:
        """A rule of the database that no field of a form stands for: in the words for it, or else by its name."""
        told = getattr(problem.__cause__, "diag", None)
        rule = getattr(told, "constraint_name", None) or getattr(told, "table_name", None) or type(problem).__name__
        unnamed = _("Nothing was saved, because it would break the rule “%(rule)s”.") % {"rule": rule}
        return Refusal(422, [str(self.rules.get(rule, unnamed))])

    def fingerprint(self, request: HttpRequest, obj: models.Model) -> str:
        """The row, its references to many, and its inline rows."""
        seen = Fingerprint()
        seen.add(self.model._base_manager.filter(pk=obj.pk))
        for relation in obj._meta.local_many_to_many:
            through: Any = relation.remote_field.through
            seen.add(through._base_manager.filter(**{relation.m2m_field_name(): obj.pk}))
        for inline in self.get_inline_instances(request, obj):
            reference = inline.fk_name or self._reference(inline.model)
            seen.add(inline.model._base_manager.filter(**{reference: obj.pk}))
        return str(seen)

    def _reference(self, model: type[models.Model]) -> str:
        found = (f.name for f in model._meta.concrete_fields if f.remote_field and f.remote_field.model is self.model)
        return next(found)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Django's view; a POST runs under the row's lock and is refused where it would overwrite or break a rule."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with transaction.atomic():
                if object_id is not None:
                    self._hold(request, unquote(object_id))
                return self._answer(request, object_id, form_url, extra_context)
        except Refused as problem:
            refusal = Refusal(422, problem.lines)
        except IntegrityError as problem:
            refusal = self.broken_rule(problem)
        request.refusal = refusal  # type: ignore[attr-defined]
        return self._answer(request, object_id, form_url, extra_context)

    def _hold(self, request: HttpRequest, object_id: str) -> None:
        """Lock the row and compare what the form was made from with what is stored."""
        obj = self.get_object(request, object_id)
        if obj is not None and self.has_change_permission(request, obj):
            self.model._base_manager.select_for_update(no_key=True).filter(pk=obj.pk).first()
            if request.POST.get(SEEN) != self.fingerprint(request, obj):
                request.refusal = conflict(obj)  # type: ignore[attr-defined]

    def _answer(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        refusal = refusal_of(request)
        if refusal is not None:
            response.status_code = refusal.status
        return response

    def get_form(self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, refusing where the request is refused."""
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = refusal_of(request)
        if refusal is None:
            return form
        made: Any = type(form)
        return made(form.__name__, (Refusing, form), {"refusal": refusal})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the last row is written, hold the whole to its rules, while everything can still be undone."""
        super().save_related(request, form, formsets, change)
        self.hold_rules(form.instance)

    def hold_rules(self, obj: models.Model) -> None:
        """Raises Refused where a public object lacks something, IntegrityError where a deferred rule is broken."""
        if isinstance(obj, Publishable) and obj.state in COMPLETE and (missing := self.missing(obj)):
            raise Refused([_("Nothing was saved, because this is public and would lack something:"), *missing])
        connection.check_constraints()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Django's page, with the fingerprint in the form, and both texts where two people wrote."""
        obj = kwargs.get("obj") or context.get("original")
        refusal = refusal_of(request)
        two_texts = refusal is not None and refusal.conflict
        if obj is not None:
            posted = request.POST.get(SEEN) if request.method == "POST" and not two_texts else None
            context[SEEN] = posted or self.fingerprint(request, obj)
            context["words"] = self.words_of(obj)
        if two_texts:
            context["refusal"] = refusal
            context["differences"] = differences(context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)
