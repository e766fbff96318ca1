"""Addresses of the whole site: those of staff, and the public ones."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import public_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("reports.editorial.account_urls")),
    path("desk/", admin.site.urls),
    *public_urls.urlpatterns,
]
