"""Where the installed command is, and how it may end."""

from __future__ import annotations

import sys
from pathlib import Path

from capture.errors import ToolError

HELD = 4
"""Exit code of a conversion that leaves frames to a person."""


def chartroom() -> Path:
    """Return the installed command; ToolError when it is not installed here."""
    path = Path(sys.executable).with_name("chartroom")
    if not path.exists():
        raise ToolError("the command chartroom is not installed: pip install -e .")
    return path
