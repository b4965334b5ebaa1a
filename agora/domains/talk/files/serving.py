"""A stored file as an HTTP answer: with a range, and so that a browser can do nothing with it but show or save it."""

from __future__ import annotations

from contextlib import aclosing
from urllib.parse import quote

from aiohttp import web

from agora.domains.talk.files.model import Attached
from agora.domains.talk.files.sniff import is_text, plain_type
from agora.kernel.files import Files
from agora.kernel.http import Request

# What browsers show without running anything of it. All text is served as plain text, so HTML and SVG are harmless.
_SHOWN = {
    *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "video/mp4", "video/webm", "video/ogg"),
    *("audio/mpeg", "audio/ogg", "audio/wav", "audio/flac", "audio/mp4"),
}
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, max-age=86400, immutable",
}


async def send_file(request: Request, file: Attached) -> web.StreamResponse:
    """The file or the range of it that was asked for (RFC 9110, section 14); 416 for one outside it."""
    http, tag = request.http, f'"{file.hash}"'
    headers = {**_SAFE, **_type_headers(file), "ETag": tag}
    if tag in http.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    start, stop = 0, file.size
    partial = "Range" in http.headers and http.headers.get("If-Range", tag) == tag
    if partial:
        found = _find_range(http, file.size)
        if found is None:
            return web.Response(status=416, headers={**_SAFE, "Content-Range": f"bytes */{file.size}"})
        start, stop = found
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    answer = web.StreamResponse(status=206 if partial else 200, headers=headers)
    answer.content_length = stop - start
    async with aclosing(request.ctx.app.get(Files).open(file.hash, start, stop - start)) as chunks:
        # a missing content is 404, and one that cannot be decrypted 503, as long as nothing was sent
        first = await anext(chunks, b"")
        await answer.prepare(http)
        await answer.write(first)
        async for chunk in chunks:
            await answer.write(chunk)
    await answer.write_eof()
    return answer


def _find_range(http: web.BaseRequest, size: int) -> tuple[int, int] | None:
    """Start and stop; None when no byte of the file is asked for. Several ranges are not served."""
    try:
        asked = http.http_range
    except ValueError:
        return None
    start, stop, _ = asked.indices(size)
    return None if start >= stop else (start, stop)


def _type_headers(file: Attached) -> dict[str, str]:
    kind = plain_type(file.content_type)
    if is_text(file.content_type):
        shown, kind = True, f"text/plain; charset={file.content_type.rpartition('charset=')[2]}"
    else:
        shown = kind in _SHOWN
    word = "inline" if shown else "attachment"
    return {
        "Content-Type": kind if shown else "application/octet-stream",
        "Content-Disposition": f"{word}; filename*=UTF-8''{quote(file.filename, safe='')}",
    }
