"""What a licence allows, as far as this site has to know: whether words under it may be carried over."""

from __future__ import annotations

import re
from typing import Final

OPEN: Final = re.compile(r"(cc0|cc-?by(-sa)?|odc-by|ogl|pddl|public-?domain)([-. ]?\d+(\.\d+)*)?")


def may_be_carried_over(licence: str) -> bool:
    """Whether words under this licence may be adapted and passed on by anyone. What is not known to be open is not."""
    return OPEN.fullmatch(re.sub(r"[\s_]+", "-", licence.strip().casefold())) is not None
