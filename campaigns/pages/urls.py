"""Addresses below /<lang>/ that compose more than one room."""

from django.urls import path

from campaigns.pages import home, style

app_name = "pages"
urlpatterns = [
    path("", home.home, name="home"),
    path("style/", style.style, name="style"),
]
