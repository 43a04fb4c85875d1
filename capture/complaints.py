"""What the TIFF decoder says under its breath.

libtiff writes ``Fax4Decode: Bad code word at line 1221`` to standard error, fills the lines up
with white and reports success. That text is the only sign of a damaged Group 4 page.
"""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import SourceError

_STANDARD_ERROR = 2
_ONE_AT_A_TIME = threading.Lock()
_COMPLAINT = re.compile(rb"^\s*([A-Za-z0-9_.]{4,40}): ([^\r\n]{5,200})$", re.MULTILINE)
_DECODERS = (b"Fax", b"LZW", b"LZMA", b"Zip", b"ZIP", b"ZSTD", b"WebP", b"TIFF", b"_TIFF", b"JPEG",
             b"OJPEG", b"PackBits", b"Dump", b"PixarLog", b"LogL", b"Thunder", b"NeXT",
             b"Predictor", b"MissingRequired", b"tempfile.tif")  # fmt: skip
"""How the names of its functions begin; ``tempfile.tif`` is what Pillow calls every file."""
_HARMLESS = re.compile(
    rb"^_?TIFFV?SetField: [^\r\n]*\b"
    rb"(?:Orientation|ResolutionUnit|XResolution|YResolution|InkNames|NumberOfInks)\b[^\r\n]*\n"
    rb"(?:  [^\r\n]*\n)*",
    re.MULTILINE,
)
"""Values of tags that it leaves out and no pixel depends on; what they mean is read elsewhere."""


@contextmanager
def attentive() -> Iterator[None]:
    """Raise SourceError for what libtiff complains of inside; pass other output on."""
    with _ONE_AT_A_TIME, tempfile.TemporaryFile() as heard:
        kept = os.dup(_STANDARD_ERROR)
        os.dup2(heard.fileno(), _STANDARD_ERROR)
        try:
            yield
        finally:
            os.dup2(kept, _STANDARD_ERROR)
            os.close(kept)
            heard.seek(0)
            said = _HARMLESS.sub(b"", heard.read())
            complaints = [match for match in _COMPLAINT.finditer(said) if _of_decoder(match[1])]
            if said and not complaints:
                os.write(_STANDARD_ERROR, said)
    if complaints:
        first = complaints[0][0].decode("ascii", "replace").strip()
        raise SourceError(
            f"the TIFF image is damaged, the decoder says {first!r} ({len(complaints)} such);"
            " copy or scan it again"
        )


def _of_decoder(name: bytes) -> bool:
    return name.startswith(_DECODERS)
