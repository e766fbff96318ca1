"""Names of places in the Unicode CLDR (https://cldr.unicode.org/), through Babel.

They are a start, not an editorial line: what a file or an editor gives as the shown name goes before them.
"""

from __future__ import annotations

import re

from babel import Locale

from reports.iso_codes import ISO_CODES

IN_BRACKETS = re.compile(r"^(?P<before>.+?)\s*[(（](?P<inside>.+)[)）]$")
SOURCE = "CLDR"


def cldr_names(code: str, lang: str) -> list[str]:
    """CLDR's names of a place in a language, the usual one first; none if CLDR does not know the place.

    "Myanmar (Burma)" also gives "Myanmar" and "Burma", under which people look for it. A code of ours such as X-EU
    takes the name of CLDR's EU, where ISO 3166-1 has not assigned the rest of it.
    """
    territory = code.removeprefix("X-")
    if code.startswith("X-") and territory in ISO_CODES:
        return []
    name = Locale(lang).territories.get(territory)
    if name is None:
        return []
    parts = IN_BRACKETS.match(name)
    return [name, parts["before"], parts["inside"]] if parts else [name]
