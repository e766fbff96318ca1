"""How a page is shown that is dangerous to be seen with."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def safe_page(context: template.Context) -> bool:
    """Whether this page shows a petition in safe mode (`printed`, or the view has marked the request).

    The frame of every page asks it, so no page can forget: the mark makes `config.security` send the headers that leave
    no trace, and the frame leaves out what names the cause.
    """
    request: Any = context.get("request")
    printed: Any = context.get("printed")
    safe = getattr(request, "leaves_no_trace", False) or bool(printed and printed.petition.safe_mode)
    if safe and request is not None:
        request.leaves_no_trace = True
    return safe
