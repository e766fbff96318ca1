"""The desk's pages for people, organisations, roles and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reports.editorial.access import Right, organisations
from reports.editorial.audit import AuditEntry
from reports.editorial.audit_words import in_words, kind, what, who
from reports.editorial.capped_pages import CappedPaginator
from reports.editorial.desk_access import DeskAdmin
from reports.editorial.desk_saving import NothingLost
from reports.editorial.organisations import Membership, Organisation
from reports.editorial.staff import User


@admin.register(Organisation)
class OrganisationAdmin(NothingLost):
    """Organisations: made by a superuser, named by their own administrators."""

    organisation_path = "pk"
    writes = Right.ADMINISTER
    list_display = ("name", "key")
    search_fields = ("name", "key")
    fields = ("name", "key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who has a role everywhere."""
        return getattr(request.user, "is_superuser", False)

    def deletable(self, obj: models.Model) -> bool:
        """Campaigns and roles hold on to it."""
        return False


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role is given to an address. Whoever has no account yet gets one, entered by a reset mail."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Without an account one is made. Its owner sets a password under “Forgot your password?”."),
    )

    class Meta:
        model = Membership
        fields = ("organisation", "email", "role")

    def clean(self) -> None:
        """The same role twice is one role."""
        super().clean()
        said = self.cleaned_data
        held = Membership.objects.filter(organisation=said.get("organisation"), role=said.get("role", ""))
        if held.filter(user__email=said.get("email", "").lower()).exists():
            raise ValidationError(_("This person has this role already."))

    def save(self, commit: bool = True) -> Any:
        """The role, and the account where there was none."""
        email = self.cleaned_data["email"]
        self.instance.user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        return super().save(commit)


@admin.register(Membership)
class MembershipAdmin(DeskAdmin):
    """Roles are given and taken, never changed."""

    organisation_path = "organisation_id"
    reads = writes = Right.ADMINISTER
    form = MembershipForm
    list_display = ("user", "role", "organisation")
    list_filter = ("role",)
    search_fields = ("user__email", "user__name")
    list_select_related = ("user", "organisation")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: an entry of the log says who had which role."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """An address to give a role to; the person who has one."""
        return ("organisation", "email", "role") if obj is None else ("organisation", "user", "role")


@admin.register(User)
class UserAdmin(NothingLost):
    """Accounts, changed by superusers alone: an address is the way in. Others see their own organisations' people."""

    reads = Right.ADMINISTER
    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active",)
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "is_superuser")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """People with a role where the asker administers."""
        people = super().get_queryset(request)
        if getattr(request.user, "is_superuser", False):
            return people
        return people.filter(memberships__organisation__in=organisations(request.user, Right.ADMINISTER)).distinct()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return getattr(request.user, "is_superuser", False)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return getattr(request.user, "is_superuser", False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an account is made inactive."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new account has no password until its owner sets one."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


# The package that brings the model gives it no name that could be translated.
Authenticator._meta.verbose_name, Authenticator._meta.verbose_name_plural = _("second factor"), _("second factors")


@admin.register(Authenticator)
class SecondFactorAdmin(DeskAdmin):
    """Second factors of staff, to take one away whose owner lost it. What they hold is never shown."""

    list_display = ("user", "kind", "created", "last_used")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = readonly_fields = ("user", "kind", "created", "last_used")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return getattr(request.user, "is_superuser", False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Everybody sets up the own one, elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return getattr(request.user, "is_superuser", False)

    @admin.display(description=_("kind"))
    def kind(self, obj: Authenticator) -> str:
        """An app, a key, or codes to recover."""
        return str(obj.get_type_display())

    @admin.display(description=_("created at"))
    def created(self, obj: Authenticator) -> datetime:
        """Since when it is asked for."""
        return obj.created_at

    @admin.display(description=_("last used at"))
    def last_used(self, obj: Authenticator) -> datetime | None:
        """None: never."""
        return obj.last_used_at

    def words_of(self, obj: models.Model) -> str:
        """Whose it is."""
        assert isinstance(obj, Authenticator)
        return f"{obj.user}: {obj.get_type_display()}"


class OfKind(admin.SimpleListFilter):
    """Entries on one kind of object. The kinds come from the desk's own pages: the log is never searched for them."""

    title = _("kind of object")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In the order of their names."""
        kinds = [model._meta.label_lower for model in model_admin.admin_site._registry]
        return sorted(((one, kind(one)) for one in kinds), key=lambda found: found[1])

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """All where none is chosen."""
        return queryset.filter(object_type=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditAdmin(DeskAdmin):
    """The audit log, to read. Entries on what belongs to no organisation are read by every auditor."""

    reads = Right.AUDIT
    list_display = ("at", "who", "act", "what", "detail_words", "organisation")
    list_display_links = ("at",)
    list_filter = ("act", OfKind)
    search_fields = ("actor_email__startswith", "object_id__exact", "label__startswith")
    ordering = ("-pk",)
    sortable_by = ()
    show_full_result_count = False
    paginator = CappedPaginator
    fields = readonly_fields = ("at", "who", "act", "what", "organisation", "detail_words")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Own organisations', and nobody's."""
        entries: models.QuerySet[Any] = AuditEntry.objects.order_by("-pk")
        if getattr(request.user, "is_superuser", False):
            return entries
        own = organisations(request.user, Right.AUDIT)
        return entries.filter(models.Q(organisation_id__in=own) | models.Q(organisation_id=None))

    def organisation_of(self, obj: models.Model) -> int | None:
        """As the entry says."""
        assert isinstance(obj, AuditEntry)
        return obj.organisation_id

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only acts add entries."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    @admin.display(description=_("who"))
    def who(self, obj: AuditEntry) -> str:
        """The account, if it was one."""
        return who(obj)

    @admin.display(description=_("object"))
    def what(self, obj: AuditEntry) -> str:
        """Kind and name."""
        return what(obj)

    @admin.display(description=_("detail"))
    def detail_words(self, obj: AuditEntry) -> str:
        """States, fields, purposes."""
        return in_words(obj)

    @admin.display(description=_("organisation"))
    def organisation(self, obj: AuditEntry) -> str:
        """By name."""
        found = Organisation.objects.filter(pk=obj.organisation_id or 0).first()
        return found.name if found else "–"
