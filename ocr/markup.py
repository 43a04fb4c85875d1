"""Text made safe to stand in XML."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, even escaped."""
ENTITIES = {'"': "&quot;", "'": "&#39;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def escaped(text: str) -> str:
    """Return ``text`` for element content or an attribute; what XML cannot hold becomes U+FFFD."""
    return escape(UNWRITABLE.sub("\ufffd", text), ENTITIES)
