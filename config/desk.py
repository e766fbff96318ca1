"""The desk: Django's admin as Upstander's staff see it. Sign-in, and a second factor, are allauth's."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Desk(admin.AdminSite):
    """Admin site at /desk/."""

    site_header = _("Upstander desk")
    site_title = _("Upstander desk")
    index_title = _("Desk")
    site_url = "/"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send staff to the one sign-in page; someone signed in without a role gets a plain refusal there."""
        target = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect_to_login(target, resolve_url("account_login"))
