"""Every address of demonstrations and pledges below /<lang>/."""

from django.urls import path

import reports.editorial.slugs  # noqa: F401  registers the converter `uslug`
from campaigns.demonstrations.calendar_page import calendar_entry
from campaigns.demonstrations.confirm_page import confirm_pledge, send_link_again
from campaigns.demonstrations.demonstration_page import demonstration_page
from campaigns.demonstrations.list_page import list_demonstrations
from campaigns.demonstrations.own_pages import ask_for_code, behind_link, change_pledge, withdraw_pledge
from campaigns.demonstrations.pledge_page import check_mail, take_pledge

app_name = "demonstrations"
urlpatterns = [
    path("demonstrations/", list_demonstrations, name="list"),
    path("demonstrations/<uslug:slug>.ics", calendar_entry, name="calendar"),
    path("demonstrations/<uslug:slug>/", demonstration_page, name="detail"),
    path("demonstrations/<uslug:slug>/pledge/", take_pledge, name="pledge"),
    path("demonstrations/<uslug:slug>/check-your-mail/", check_mail, name="check_mail"),
    path("pledges/", ask_for_code, name="own"),
    path("pledges/change/", change_pledge, name="change"),
    path("pledges/withdraw/", withdraw_pledge, name="withdraw"),
    # A link that lost its end, or only its last stroke, is answered in place: a redirect would be remembered with it.
    path("pledges/confirm/", confirm_pledge),
    path("pledges/confirm/<str:token>", confirm_pledge),
    path("pledges/confirm/<str:token>/", confirm_pledge, name="confirm"),
    path("pledges/confirm/<str:token>/again/", send_link_again, name="link_again"),
    path("pledges/<str:token>", behind_link),
    path("pledges/<str:token>/", behind_link, name="manage"),
]
