"""The base of every page of the desk: what exists for the asker, what the asker may do with it, and who did what.

Django's own permissions play no part. A model's admin says to whom its objects belong (`organisation_path`) and which
right it takes to read and to write them; `reports.editorial.access` decides. An object of another organisation answers
404 whatever is asked of it, an own object without the right 403, and both are written to the audit log by the desk.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from reports.editorial.access import Right, limited, may
from reports.editorial.audit import Act, entries_of, record
from reports.editorial.audit_words import in_words, who
from reports.editorial.publishing import Publishable, State

HISTORY_PAGE = 50
DELETABLE = {State.DRAFT, State.IN_REVIEW}


class OutOfReach(Http404):
    """An object of another organisation was asked for. The asker sees what an id that was never given shows."""

    def __init__(self, found: models.Model, organisation_id: int | None) -> None:
        super().__init__()
        self.found = found
        self.organisation_id = organisation_id


class ChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A reference, whose choices read as the admin of the other model words them."""

    other: DeskAdmin | None = None

    def label_from_instance(self, obj: models.Model) -> str:
        """The words of an object, where its admin has any."""
        return self.other.words_of(obj) if self.other else str(obj)


class ChoicesField(ChoiceField, forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several references."""


def name_references(model: type[models.Model]) -> None:
    """Let each reference of a model that has no name of its own be called by what it leads to, in forms and lists."""
    for reference in [*model._meta.fields, *model._meta.many_to_many]:
        other = reference.remote_field.model if reference.remote_field else model
        if other is not model and reference.verbose_name == reference.name.replace("_", " "):
            many = reference.many_to_many
            reference.verbose_name = other._meta.verbose_name_plural if many else other._meta.verbose_name  # type: ignore[assignment]  # the stubs allow for models without


class SearchSelect(AutocompleteSelect):
    """A reference found by typing. While nothing is chosen it bears the field's name, for the ear as well."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        """With a placeholder, which the picker reads out."""
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-placeholder": str(capfirst(self.field.verbose_name))}


class LimitedChoices(BaseModelAdmin):  # type: ignore[type-arg]
    """References lead only to what the asker may write to; the browser's own pickers take dates and times."""

    admin_site: admin.AdminSite
    formfield_overrides: ClassVar[Any] = {
        models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        },
        models.URLField: {"assume_scheme": "https"},
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 4})},
        models.ForeignKey: {"form_class": ChoiceField},
        models.ManyToManyField: {"form_class": ChoicesField},
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        name_references(self.model)

    def right_to_write(self) -> Right:
        """The right that the pages of this class ask for."""
        raise NotImplementedError

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> models.QuerySet[Any] | None:
        """Objects the asker may attach: a reference must not move anything into another organisation's hands."""
        other = self._admin_of(db_field)
        if other is None:
            return super().get_field_queryset(db, db_field, request)
        return limited(other.get_queryset(request), request.user, other.organisation_path, self.right_to_write())

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Django's field, with our picker."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Django's field, knowing how the other model words its objects."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, ChoiceField):
            field.other = self._admin_of(db_field)
            # What a reference leads to is looked at and deleted on its own page.
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field

    def _admin_of(self, db_field: Any) -> DeskAdmin | None:
        other = self.admin_site._registry.get(db_field.remote_field.model)
        return other if isinstance(other, DeskAdmin) else None


class DeskAdmin(LimitedChoices, admin.ModelAdmin):  # type: ignore[type-arg]
    """Pages of one model. Only admins of this kind enter the desk."""

    organisation_path: ClassVar[str | None] = None
    """Look-up from an object to the id of its organisation; None where it belongs to nobody."""
    reads: ClassVar[Right] = Right.READ
    writes: ClassVar[Right] = Right.CURATE
    listed: ClassVar[bool] = True
    """Whether it stands on the desk's first page; else it is reached from what it belongs to."""
    list_per_page = 50
    ordering: ClassVar[Any] = ("-pk",)
    save_on_top = False
    view_on_site = False

    def right_to_write(self) -> Right:
        """The right to add, change and delete."""
        return self.writes

    def organisation_of(self, obj: models.Model) -> int | None:
        """The id of the organisation that answers for an object."""
        if self.organisation_path is None:
            return None
        return cast(int, attrgetter(self.organisation_path.replace("__", "."))(obj))

    def words_of(self, obj: models.Model) -> str:
        """An object in a few words, for lists and choices."""
        return Truncator(str(obj)).chars(120)

    def may(self, request: HttpRequest, right: Right, obj: models.Model | None = None) -> bool:
        """Whether the asker has a right over an object, or, without one, over any of this kind."""
        return may(request.user, right, None if obj is None else self.organisation_of(obj))

    def deletable(self, obj: models.Model) -> bool:
        """What the public has seen is retracted or archived, never deleted."""
        return not isinstance(obj, Publishable) or obj.state in DELETABLE

    # --- Django's questions -----------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """What exists for the asker."""
        return limited(super().get_queryset(request), request.user, self.organisation_path)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The object. Raises Http404, also for one of another organisation."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise self._absent(object_id)
        return found

    def _absent(self, object_id: str) -> Http404:
        try:
            foreign = self.model._base_manager.filter(pk=object_id).first()
        except (ValueError, ValidationError):
            foreign = None
        return Http404() if foreign is None else OutOfReach(foreign, self.organisation_of(foreign))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reading."""
        return self.may(request, self.reads, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Adding."""
        return self.may(request, self.writes)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Changing."""
        return self.may(request, self.writes, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deleting what nobody outside has seen."""
        return self.may(request, self.writes, obj) and (obj is None or self.deletable(obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether any page of this model opens."""
        return self.has_view_permission(request)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """What the first page of the desk offers."""
        return super().get_model_perms(request) if self.listed else {}

    # --- Who did what -----------------------------------------------------------------------------------------------

    def record(self, request: HttpRequest, act: Act, obj: models.Model, **detail: Any) -> None:
        """Write an act on an object of this model to the audit log."""
        record(request.user, act, obj, organisation_id=self.organisation_of(obj), label=self.words_of(obj), **detail)

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:  # type: ignore[override]
        """An object was added."""
        self.record(request, Act.ADDED, obj, changes=message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:  # type: ignore[override]
        """An object was changed; the message names the fields."""
        self.record(request, Act.CHANGED, obj, changes=message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> None:  # type: ignore[override]
        """Objects are about to be deleted."""
        for obj in queryset:
            self.record(request, Act.DELETED, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who did what to an object, from the audit log."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        entries = Paginator(entries_of(obj), HISTORY_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who did what"),
            "opts": self.opts,
            "object": obj,
            "words": self.words_of(obj),
            "page": entries,
            "entries": [(entry, who(entry), in_words(entry)) for entry in entries],
        }
        return TemplateResponse(request, "admin/object_history.html", context)


class DeskInline(LimitedChoices, admin.TabularInline):  # type: ignore[type-arg]
    """Rows of one object on its page: who may change the object may change its rows."""

    extra = 0
    template = "admin/edit_inline/rows.html"

    def right_to_write(self) -> Right:
        """The right to change what the rows belong to."""
        return self._parent().writes

    def _parent(self) -> DeskAdmin:
        parent = self.admin_site.get_model_admin(self.parent_model)
        assert isinstance(parent, DeskAdmin)
        return parent

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for the object."""
        return self._parent().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may change the object may add rows; while it is being added, who may add it."""
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for the object."""
        return self._parent().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may change the object may take rows away, also of a public one: it stays as complete as it must be."""
        return self.has_change_permission(request, obj)
