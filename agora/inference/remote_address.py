"""How a server of models is named in the settings: a URL, with what it speaks and its key where they matter."""

from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec

from agora.kernel.errors import SetupError

Kind = Literal["auto", "openai", "ollama"]
_PREFIXES: dict[str, Kind] = {"openai+": "openai", "ollama+": "ollama"}


class Address(msgspec.Struct, frozen=True):
    """Where a server is. `key` goes out as a bearer token and is never shown."""

    url: str
    """Without a slash at its end, without `/v1`, without the key."""
    kind: Kind = "auto"
    key: str = ""

    @property
    def name(self) -> str:
        """The server as people see it: host and port."""
        return urlsplit(self.url).netloc


def read_address(entry: str) -> Address:
    """Reads `http://127.0.0.1:11434`, `openai+http://KEY@llama.home.arpa:8080/v1` and the like. Raises SetupError."""
    text = entry.strip()
    kind: Kind = "auto"
    for prefix, meant in _PREFIXES.items():
        if text.startswith(prefix):
            text, kind = text.removeprefix(prefix), meant
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _refuse(entry) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise _refuse(entry)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = parts.path.rstrip("/")
    if path.endswith("/v1"):
        path = path.removesuffix("/v1").rstrip("/")
        kind = "openai" if kind == "auto" else kind
    key = unquote(parts.password or parts.username or "")
    return Address(f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}", kind, key)


def _refuse(entry: str) -> SetupError:
    hidden = entry.rpartition("@")[2]  # never show a key
    return SetupError(
        f"[models] remotes has {hidden!r}, which is no address of a server: write it like "
        '"http://127.0.0.1:11434" or "http://192.168.1.10:8080/v1".'
    )
