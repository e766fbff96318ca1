"""Addresses of open data below /data/, the same in every language."""

from django.urls import path, re_path

from campaigns.pages import data

app_name = "data"
KEY = r"(?P<key>[a-z0-9-]+)"
FORM = r"(?P<form>[A-Za-z0-9]{1,8})"
urlpatterns = [
    path("", data.to_best_language, name="index"),
    path("demands.json", data.demands, name="demands"),
    path("report-tables.zip", data.tables_template, name="template"),
    re_path(rf"^{KEY}/datapackage\.json$", data.package, name="package"),
    re_path(rf"^{KEY}\.zip$", data.archive, name="archive"),
    re_path(rf"^{KEY}\.{FORM}$", data.edition, name="edition"),
    re_path(rf"^{KEY}/themes/(?P<theme_key>[a-z0-9-]+)\.{FORM}$", data.theme, name="theme"),
    re_path(rf"^{KEY}/places/(?P<code>[A-Z0-9-]+)\.{FORM}$", data.place, name="place"),
]
