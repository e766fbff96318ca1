"""How staff sign in: no public sign-up, and the answer never tells whether an address has an account."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made at the desk, never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed to everyone."""
        return False
