"""Which language a visitor lands on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe


@require_safe
def to_best_language(request: HttpRequest) -> HttpResponse:
    """`/` leads to the home page in the language that the browser prefers; nothing is remembered."""
    with override(get_language_from_request(request)):
        response = redirect("pages:home")
    patch_vary_headers(response, ["Accept-Language"])
    return response
