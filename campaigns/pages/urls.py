"""Addresses below /<lang>/ that compose more than one room."""

from django.urls import path

from campaigns.pages import (
    campaigns,
    compare,
    corrections,
    data,
    demands,
    editions,
    findings,
    home,
    instruments,
    maps,
    places,
    privacy,
    search,
    style,
    themes,
)

app_name = "pages"
urlpatterns = [
    path("", home.home, name="home"),
    path("themes/", themes.themes, name="themes"),
    path("themes/<uslug:slug>/", themes.theme, name="theme"),
    path("themes/<uslug:slug>/feed.atom", themes.feed, name="theme_feed"),
    path("themes/<uslug:slug>/map.svg", maps.theme_picture, name="theme_map"),
    path("compare/", compare.compare, name="compare"),
    path("map/", maps.world, name="map"),
    path("places/", places.places, name="places"),
    path("places/<slug:code>/", places.place, name="place"),
    path("places/<slug:code>/feed.atom", places.feed, name="place_feed"),
    path("editions/<slug:key>/", editions.edition, name="edition"),
    path("editions/<slug:key>/feed.atom", editions.feed, name="edition_feed"),
    path("findings/<slug:uid>/", findings.finding, name="finding"),
    path("findings/<slug:uid>/v<int:number>/", findings.version, name="finding_version"),
    path("findings/<slug:uid>/v<int:number>/cite.<slug:ending>", findings.cite, name="cite"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/<uslug:slug>/", campaigns.campaign, name="campaign"),
    path("campaigns/<uslug:slug>/feed.atom", campaigns.feed, name="campaign_feed"),
    path("demands/<slug:uid>/", demands.demand, name="demand"),
    path("instruments/<slug:uid>/", instruments.instrument, name="instrument"),
    path("data/", data.index, name="data"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("search/", search.search, name="search"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("style/", style.style, name="style"),
]
