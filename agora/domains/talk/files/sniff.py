"""What a file is, by its first bytes. The name only tells kinds of text, and of Office archives, from one another."""

from __future__ import annotations

import codecs
import re

HEAD = 4096  # bytes that are looked at
UNKNOWN = "application/octet-stream"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"BZh", "application/x-bzip2"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-msdownload"),
)
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic", b"M4A ": "audio/mp4", b"qt  ": "video/quicktime"}
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_OFFICE = {
    "docx": DOCX,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
# Kinds of text by the name's end; HTML and SVG are only text here, and are only ever served as such.
_TEXT = {
    "c": "text/x-c",
    "cpp": "text/x-c++",
    "css": "text/css",
    "csv": "text/csv",
    "go": "text/x-go",
    "h": "text/x-c",
    "html": "text/html",
    "java": "text/x-java",
    "js": "text/javascript",
    "json": "application/json",
    "log": "text/plain",
    "md": "text/markdown",
    "py": "text/x-python",
    "rs": "text/x-rust",
    "sh": "text/x-shellscript",
    "sql": "text/x-sql",
    "toml": "text/x-toml",
    "ts": "text/x-typescript",
    "xml": "text/xml",
    "yaml": "text/x-yaml",
    "yml": "text/x-yaml",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def sniff(head: bytes, filename: str) -> str:
    """The media type of a file that begins like this (``HEAD`` bytes); text with its charset."""
    end = filename.rpartition(".")[2].lower()
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head[:4] == b"OggS":
        return "video/ogg" if b"theora" in head[:256] else "audio/ogg"
    if head[:4] == b"PK\x03\x04":
        return _OFFICE.get(end, "application/zip") if b"[Content_Types].xml" in head or b"word/" in head else "application/zip"
    charset = find_charset(head)
    # text may begin with BM or MZ; a real bitmap or program has control characters
    if charset is not None:
        return "application/pdf" if head.startswith(b"%PDF-") else f"{_TEXT.get(end, 'text/plain')}; charset={charset}"
    return next((kind for sign, kind in _SIGNS if head.startswith(sign)), UNKNOWN)


def find_charset(head: bytes) -> str | None:
    """``utf-8`` or ``utf-16`` for text, None for anything else. A character may be cut off at the end."""
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        charset = "utf-16"
    else:
        charset = "utf-8"
    try:
        text = codecs.getincrementaldecoder(charset)().decode(head, final=False)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else charset


def plain_type(content_type: str) -> str:
    """Without parameters."""
    return content_type.partition(";")[0]


def is_text(content_type: str) -> bool:
    """Whether it was found to be text: only text has a charset."""
    return "charset=" in content_type
