"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

from .errors import SourceError

HEAD_BYTES = 1100
"""How many first bytes ``sniff`` wants; a PDF header may stand anywhere in the first 1024."""

_OURS = (
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)
_FOREIGN = (
    (b"RIFF", "a WebP, AVI or WAV file"),
    (b"\x1f\x8b", "gzip-packed"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "an RTF text"),
    (b"%!PS", "PostScript"),
    (b"SQLite format 3", "a database"),
)


def sniff(head: bytes) -> str:
    """Return the kind of a file by its first bytes, such as ``tiff``, ``pdf`` or ``zip``.

    Pictures are ``tiff``, ``jpeg``, ``png``, ``jp2``, ``bmp`` and ``gif``.

    Raises:
        SourceError: the file is empty or of another kind; says what it seems to be.
    """
    if not head:
        raise SourceError("the file is empty; copy or scan it again")
    for magic, media in _OURS:
        if head.startswith(magic):
            return media
    # Two letters are few: the four reserved bytes of a bitmap are zero.
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "bmp"
    if b"%PDF-" in head[:1029]:
        return "pdf"
    raise SourceError(
        f"not a kind we read, it seems to be {_seeming(head)};"
        " deliver TIFF, JPEG, PNG, JPEG 2000, BMP, GIF, PDF, or a ZIP of these"
    )


def _seeming(head: bytes) -> str:
    if head[128:132] == b"DICM":
        return "a DICOM image"
    if head[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file"
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            return name
    if head.lstrip()[:5].lower() in (b"<html", b"<!doc", b"<?xml"):
        return "HTML or XML"
    return _text_or_bytes(head)


def _text_or_bytes(head: bytes) -> str:
    if not any(head):
        return "nothing but zero bytes"
    printable = sum(byte in b"\t\r\n" or 32 <= byte < 127 for byte in head)
    return "plain text" if printable > 0.95 * len(head) else "unknown bytes"
