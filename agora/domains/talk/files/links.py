"""Signed addresses that end: ``?ex=&is=&hm=`` as on Discord (https://discord.com/developers/docs/reference#signed-attachment-cdn-urls).

``ex`` and ``is`` are hexadecimal seconds, ``hm`` is HMAC-SHA256 over the path and both. The time of issue is rounded down to the
hour, so that a file has one address for an hour and browsers need not fetch it again.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import quote, unquote, urlsplit

from agora.domains.talk.files.model import Attached
from agora.domains.talk.files.settings import AttachmentSettings
from agora.kernel.app import App
from agora.kernel.ids import parse
from agora.kernel.secrets import Secrets

PREFIX = "/attachments"
UPLOADS = "/uploads"
KEY = "attachments"
_STEP_S = 3600
_PATH = re.compile(rf"{PREFIX}/(\d{{1,19}})/(\d{{1,19}})/([^/]+)")


class Links:
    """Signs and checks addresses with the key of this installation."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._key = app.get(Secrets).get(KEY)
        self._life_s = app.config.get(AttachmentSettings).link_hours * 3600

    def build(self, file: Attached) -> str:
        """The address of a file, good for ``link_hours`` and up to an hour more."""
        issued = self._app.clock.now_ms() // 1000 // _STEP_S * _STEP_S
        expires = issued + _STEP_S + self._life_s
        path = signed_path(file.channel_id, file.id, file.filename)
        times = f"ex={expires:x}&is={issued:x}"
        return f"{self._app.url}{path}?{times}&hm={self._sign(path, f'{expires:x}', f'{issued:x}')}"

    def is_valid(self, path: str, expires: str, issued: str, signature: str) -> bool:
        """Whether the address was made here and has not ended. ``path`` is percent-encoded as ``build`` makes it."""
        if not re.fullmatch(r"[0-9a-f]{1,12}", expires) or not signature.isascii():
            return False
        right = hmac.compare_digest(self._sign(path, expires, issued), signature)
        return right and int(expires, 16) * 1000 > self._app.clock.now_ms()

    def build_upload(self, upload_id: int) -> str:
        """Where the content of an announced file is to be put."""
        return f"{self._app.url}{UPLOADS}/{upload_id}?hm={self._sign_upload(upload_id)}"

    def is_upload(self, upload_id: int, signature: str) -> bool:
        """Whether the address was made here."""
        return hmac.compare_digest(self._sign_upload(upload_id).encode(), signature.encode())

    def _sign_upload(self, upload_id: int) -> str:
        return hmac.new(self._key, f"{UPLOADS}/{upload_id}".encode(), hashlib.sha256).hexdigest()

    def _sign(self, path: str, expires: str, issued: str) -> str:
        return hmac.new(self._key, f"{path}?ex={expires}&is={issued}".encode(), hashlib.sha256).hexdigest()


def signed_path(channel_id: int, file_id: int, filename: str) -> str:
    """The path that ``Links.build`` signs; ``filename`` is decoded."""
    return f"{PREFIX}/{channel_id}/{file_id}/{quote(filename)}"


def read_address(url: str) -> tuple[int, int, str] | None:
    """Channel, file and name of an address of ours, whole or only its path; None for any other."""
    try:
        found = _PATH.fullmatch(urlsplit(url).path)
    except ValueError:
        return None
    if found is None:
        return None
    channel_id, file_id = parse(found[1]), parse(found[2])
    return None if channel_id is None or file_id is None else (channel_id, file_id, unquote(found[3]))
