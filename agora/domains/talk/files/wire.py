"""A file of a message as Discord's attachment object."""

from __future__ import annotations

from msgspec import UNSET

from agora.domains.talk.files.links import Links
from agora.domains.talk.files.model import Attached
from agora.domains.talk.files.names import is_spoiler
from agora.kernel.app import App
from agora.protocol.payloads import Attachment

_SPOILER = 1 << 3  # attachment flag IS_SPOILER


def build_attachment(app: App, file: Attached) -> Attachment:
    """The payload, with a fresh signed address."""
    url = app.get(Links).build(file)
    return Attachment(
        id=str(file.id),
        filename=file.filename,
        size=file.size,
        url=url,
        proxy_url=url,
        content_type=file.content_type,
        description=UNSET if file.description is None else file.description,
        width=UNSET if file.width is None else file.width,
        height=UNSET if file.height is None else file.height,
        flags=_SPOILER if is_spoiler(file.filename) else UNSET,
    )
