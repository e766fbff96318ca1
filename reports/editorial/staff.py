"""People who work at the desk. The public never has an account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AddressField(models.EmailField):  # type: ignore[type-arg]
    """An e-mail address without regard to capital letters, whichever way it is written or asked for."""

    def get_prep_value(self, value: Any) -> Any:
        """Lower case in every row and every look-up."""
        value = super().get_prep_value(value)
        return value.strip().lower() if isinstance(value, str) else value


class UserManager(BaseUserManager["User"]):
    """Makes accounts; an address is one account whatever its capital letters."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A member of staff. Without a password the account can only be entered by a reset mail."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A member of staff who may do everything, for the first start of an installation."""
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff, known by an e-mail address."""

    email = AddressField(
        _("e-mail address"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("There is an account with this address.")},
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    is_staff = models.BooleanField(_("may enter the desk"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    zone = models.CharField(_("time zone"), max_length=40, default="UTC", db_default="UTC")
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("members of staff")
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower")]

    def __str__(self) -> str:
        return self.name or self.email
