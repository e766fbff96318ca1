"""The time zone in which a member of staff reads and types times at the desk. Times are stored in UTC."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.editorial.staff import User


@cache
def zone_names() -> tuple[str, ...]:
    """Zones that belong to a place, and UTC (IANA time zone database)."""
    return ("UTC", *sorted(name for name in zoneinfo.available_timezones() if "/" in name and name[:3] != "Etc"))


def zone_of(user: object) -> zoneinfo.ZoneInfo:
    """The person's zone; UTC for whoever has none, or one that the database of zones knows no more."""
    name = getattr(user, "zone", "UTC")
    return zoneinfo.ZoneInfo(name if name in zone_names() else "UTC")


class ZoneForm(forms.Form):
    """One choice."""

    zone = forms.ChoiceField(
        label=gettext_lazy("Your time zone"), choices=lambda: [(name, name) for name in zone_names()]
    )


def zone_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """GET shows the choice, POST keeps it."""
    assert isinstance(request.user, User), "the desk lets nobody else in"
    form = ZoneForm(request.POST if request.method == "POST" else None, initial={"zone": request.user.zone})
    if request.method == "POST" and form.is_valid():
        User.objects.filter(pk=request.user.pk).update(zone=form.cleaned_data["zone"])
        messages.success(request, _("Times at the desk are now those of %(zone)s.") % form.cleaned_data)
        return redirect("admin:index")
    return TemplateResponse(request, "admin/zone.html", {**context, "title": _("Your time zone"), "form": form})
