"""Every address of petitions below /<lang>/. The page of a petition composes other rooms, so the list stands here."""

from django.urls import path

import reports.editorial.slugs  # noqa: F401  registers the converter `uslug`
from campaigns.pages.petition import petition
from campaigns.petitions.check_mail_page import check_mail, mail_again
from campaigns.petitions.code_page import confirm_with_code
from campaigns.petitions.confirm_page import (
    confirm_other_person,
    confirm_signature,
    confirm_this_person,
    correct_signature,
    mail_links_again,
)
from campaigns.petitions.count_page import count
from campaigns.petitions.list_page import list_petitions
from campaigns.petitions.new_mail_page import new_mail
from campaigns.petitions.sign_page import sign_petition
from campaigns.petitions.withdraw_page import withdraw_signature

app_name = "petitions"
urlpatterns = [
    path("petitions/", list_petitions, name="list"),
    path("petitions/<uslug:slug>/", petition, name="detail"),
    path("petitions/<uslug:slug>/sign/", sign_petition, name="sign"),
    path("petitions/<uslug:slug>/check-your-mail/", check_mail, name="check_mail"),
    path("petitions/<uslug:slug>/check-your-mail/again/", mail_again, name="mail_again"),
    path("petitions/<uslug:slug>/code/", confirm_with_code, name="code"),
    path("petitions/<uslug:slug>/count.json", count, name="count"),
    path("new-mail/", new_mail, name="new_mail"),
    # A link that lost its end, or only its last stroke, is answered in place: a redirect would be remembered with it.
    path("confirm/", confirm_signature),
    path("confirm/<str:token>", confirm_signature),
    path("confirm/<str:token>/", confirm_signature, name="confirm"),
    path("confirm/<str:token>/person/", confirm_this_person, name="confirm_person"),
    path("confirm/<str:token>/other-person/", confirm_other_person, name="confirm_other_person"),
    path("confirm/<str:token>/correct/", correct_signature, name="correct"),
    path("confirm/<str:token>/mail/", mail_links_again, name="mail_links"),
    path("withdraw/", withdraw_signature),
    path("withdraw/<str:token>", withdraw_signature),
    path("withdraw/<str:token>/", withdraw_signature, name="withdraw"),
]
