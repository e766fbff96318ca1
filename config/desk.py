"""The desk: Django's admin as Upstander's staff see it. Sign-in, and a second factor, are allauth's."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.mail_desk import mail_page, may_see_mail
from reports.editorial.audit import Act, record
from reports.editorial.desk_access import DeskAdmin, OutOfReach
from reports.editorial.desk_queue import queues
from reports.editorial.zone_page import zone_of, zone_page


class WordedChoices(AutocompleteJsonView):
    """Suggestions that read as on the rest of the desk."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """Id and words of an object."""
        words = self.model_admin.words_of(obj) if isinstance(self.model_admin, DeskAdmin) else str(obj)
        return {"id": str(getattr(obj, to_field_name)), "text": words}


class Desk(admin.AdminSite):
    """Admin site at /desk/."""

    site_header = _("Desk")
    site_title = _("Upstander desk")
    index_title = _("Desk")
    site_url = "/"
    enable_nav_sidebar = True
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # what is deleted is looked at first

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in admins that know our roles. Those that other packages bring ask for rights nobody has here."""
        if isinstance(admin_class, type) and issubclass(admin_class, DeskAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django's guard, and an entry in the audit log for each refusal."""
        guarded = super().admin_view(view, cacheable)
        owner = getattr(inspect.unwrap(view), "__self__", None)

        @wraps(guarded)
        def audited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                with timezone.override(zone_of(request.user)):
                    response: HttpResponse = guarded(request, *args, **kwargs)
                    if isinstance(response, TemplateResponse):
                        response.render()  # while the zone holds
            except PermissionDenied:
                _record_refusal(request, owner, kwargs.get("object_id"))
                raise
            except OutOfReach as guess:
                _record(request, guess.found, guess.organisation_id)
                raise
            return response

        return audited

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff whose account is active."""
        return request.user.is_active and getattr(request.user, "is_staff", False)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send staff to the one sign-in page; someone signed in who is no staff is refused, not sent round."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect_to_login(target, resolve_url("account_login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The one page to sign out."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The one page to change a password."""
        return redirect("account_change_password")

    def get_urls(self) -> list[Any]:
        """With the page on outgoing mail."""
        return [
            path("mail/", self.admin_view(self.mail), name="mail"),
            path("zone/", self.admin_view(self.zone), name="zone"),
            *super().get_urls(),
        ]

    def mail(self, request: HttpRequest) -> HttpResponse:
        """See `config.mail_desk`."""
        return mail_page(request, self.each_context(request))

    def each_context(self, request: HttpRequest) -> Any:
        """With the way to the public site, which may have another host."""
        return {**super().each_context(request), "site_url": f"{settings.ORIGIN}/" if settings.DESK_HOST else "/"}

    def zone(self, request: HttpRequest) -> HttpResponse:
        """See `reports.editorial.zone_page`."""
        return zone_page(request, self.each_context(request))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """What waits for the asker, and every list."""
        admins = [found for found in self._registry.values() if isinstance(found, DeskAdmin)]
        found = {"queues": queues(request, admins), "sees_mail": may_see_mail(request)}
        return super().index(request, {**found, **(extra_context or {})})

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """Suggestions for references."""
        return WordedChoices.as_view(admin_site=self)(request)


def _record_refusal(request: HttpRequest, owner: object, object_id: str | None) -> None:
    """A page or an own object without the right."""
    found = None
    if isinstance(owner, DeskAdmin) and object_id is not None:
        found = owner.model._base_manager.filter(pk=unquote(object_id)).first()
    if isinstance(owner, DeskAdmin) and found is not None:
        _record(request, found, owner.organisation_of(found))
    else:
        _record(request, owner.opts.label_lower if isinstance(owner, DeskAdmin) else "desk", None)


def _record(request: HttpRequest, about: Any, organisation_id: int | None) -> None:
    match = request.resolver_match
    page = match.view_name if match else ""
    record(
        request.user,
        Act.REFUSED,
        about,
        organisation_id=organisation_id,
        label="",
        page=page,
        method=request.method,
    )
