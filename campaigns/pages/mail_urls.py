"""Addresses below /<lang>/no-more-mail/."""

from django.urls import path

from campaigns.pages.no_more_mail import mail_again, no_more_mail

app_name = "mail"
urlpatterns = [
    path("no-more-mail/", no_more_mail),
    path("no-more-mail/<str:token>", no_more_mail),
    path("no-more-mail/<str:token>/", no_more_mail, name="stop"),
    path("no-more-mail/<str:token>/again/", mail_again, name="again"),
]
