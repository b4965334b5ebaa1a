"""What a request says about its files (``attachments``), matched with the files themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from agora.domains.talk.files.model import Attached, Change, Kept, Received
from agora.domains.talk.files.names import SPOILER, clean_name, is_spoiler
from agora.domains.talk.files.settings import AttachmentSettings
from agora.kernel.app import App
from agora.kernel.errors import invalid
from agora.kernel.ids import Id, parse


class AttachmentBody(msgspec.Struct, frozen=True):
    """One entry: ``id`` is the ``n`` of ``files[n]``, or the id of a file that the message already has."""

    id: Id
    filename: Annotated[str, Meta(max_length=1024)] | None = None
    description: Annotated[str, Meta(max_length=1024)] | UnsetType | None = UNSET
    title: Annotated[str, Meta(max_length=1024)] | None = None
    is_spoiler: bool | None = None
    uploaded_filename: Annotated[str, Meta(max_length=1024)] | None = None


def match_files(bodies: Sequence[AttachmentBody] | None, files: Sequence[Received]) -> tuple[Received, ...]:
    """The files of a new message with their descriptions; raises 400 for an entry without its file."""
    return plan_change(bodies, files, ()).new


def plan_change(bodies: Sequence[AttachmentBody] | None, files: Sequence[Received], present: Sequence[Attached]) -> Change:
    """What stays of ``present`` and what comes. Without entries all stay; files that no entry names come all the same."""
    if bodies is None:
        return Change(tuple(Kept(file.id, file.description) for file in present), tuple(files))
    coming = {file.index: file for file in files}
    here = {file.id: file for file in present}
    kept: dict[int, Kept] = {}
    for position, body in enumerate(bodies):
        number = parse(body.id)
        if number in here:
            old = here[number].description
            kept[number] = Kept(number, old if body.description is UNSET else body.description or None)
        elif number in coming:
            coming[number] = _described(coming[number], body)
        else:
            raise invalid(f"attachments.{position}.id", "There is no file with this number.", "ATTACHMENT_NOT_FOUND")
    return Change(tuple(kept.values()), tuple(coming.values()))


def _described(file: Received, body: AttachmentBody) -> Received:
    name = clean_name(body.filename) if body.filename else file.filename
    if body.is_spoiler and not is_spoiler(name):
        name = SPOILER + name
    return msgspec.structs.replace(file, filename=name, description=body.description or None)


def check_number(app: App, count: int) -> None:
    """Raise 400 when a message would have too many files."""
    most = app.config.get(AttachmentSettings).attachments
    if count > most:
        raise invalid("attachments", f"Must be {most} or fewer in length.", "BASE_TYPE_MAX_LENGTH")


def build_attached(
    app: App, files: Sequence[Received], *, message_id: int, channel_id: int, guild_id: int | None, user_id: int, first: int = 0
) -> tuple[Attached, ...]:
    """The rows of files that come to a message; ``first`` is how many it has already."""
    return tuple(
        Attached(
            id=app.ids.next(),
            message_id=message_id,
            channel_id=channel_id,
            guild_id=guild_id,
            user_id=user_id,
            position=first + place,
            filename=file.filename,
            hash=file.hash,
            size=file.size,
            content_type=file.content_type,
            width=file.width,
            height=file.height,
            description=file.description,
        )
        for place, file in enumerate(files)
    )
