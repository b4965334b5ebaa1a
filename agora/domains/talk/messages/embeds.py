"""Rich embeds: Discord's shape and limits (https://discord.com/developers/docs/resources/message#embed-object-embed-limits)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from agora.kernel.errors import invalid

MAX_EMBEDS = 10
MAX_TOTAL = 6000  # characters of all embeds of a message together

Address = Annotated[str, Meta(max_length=2048, pattern=r"^(?i:https?|attachment)://\S+$")]


class EmbedFooter(msgspec.Struct, frozen=True):
    """The line below."""

    text: Annotated[str, Meta(max_length=2048)]
    icon_url: Address | UnsetType = UNSET


class EmbedMedia(msgspec.Struct, frozen=True):
    """An image, thumbnail or video; sizes in pixels."""

    url: Address
    height: int | UnsetType = UNSET
    width: int | UnsetType = UNSET


class EmbedProvider(msgspec.Struct, frozen=True):
    """Where it comes from."""

    name: Annotated[str, Meta(max_length=256)] | UnsetType = UNSET
    url: Address | UnsetType = UNSET


class EmbedAuthor(msgspec.Struct, frozen=True):
    """The line above the title."""

    name: Annotated[str, Meta(max_length=256)]
    url: Address | UnsetType = UNSET
    icon_url: Address | UnsetType = UNSET


class EmbedField(msgspec.Struct, frozen=True):
    """A small heading with text."""

    name: Annotated[str, Meta(min_length=1, max_length=256)]
    value: Annotated[str, Meta(min_length=1, max_length=1024)]
    inline: bool = False


class Embed(msgspec.Struct, frozen=True):
    """One embed. Bots may leave out anything, but not everything."""

    type: str = "rich"
    title: Annotated[str, Meta(max_length=256)] | UnsetType | None = UNSET
    description: Annotated[str, Meta(max_length=4096)] | UnsetType | None = UNSET
    url: Address | UnsetType | None = UNSET
    timestamp: str | UnsetType | None = UNSET
    color: Annotated[int, Meta(ge=0, le=16777215)] | UnsetType | None = UNSET
    footer: EmbedFooter | UnsetType | None = UNSET
    image: EmbedMedia | UnsetType | None = UNSET
    thumbnail: EmbedMedia | UnsetType | None = UNSET
    author: EmbedAuthor | UnsetType | None = UNSET
    provider: EmbedProvider | UnsetType | None = UNSET
    fields: Annotated[tuple[EmbedField, ...], Meta(max_length=25)] | UnsetType | None = UNSET


_DECODER = msgspec.json.Decoder(tuple[Embed, ...])


def check_embeds(embeds: Sequence[Embed]) -> None:
    """Raise 400 when there are too many, one is empty, or all together are too long."""
    if len(embeds) > MAX_EMBEDS:
        raise invalid("embeds", f"Must be {MAX_EMBEDS} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    for index, embed in enumerate(embeds):
        if not _has_content(embed):
            raise invalid(f"embeds.{index}.description", "This field is required", "BASE_TYPE_REQUIRED")
    if sum(_length(embed) for embed in embeds) > MAX_TOTAL:
        raise invalid("embeds", f"Embed size exceeds maximum size of {MAX_TOTAL}", "MAX_EMBED_SIZE_EXCEEDED")


def build_embeds(embeds: Sequence[Embed]) -> list[dict[str, object]]:
    """As Discord sends them: what is null or missing is left out, the type is always ``rich``."""
    built = []
    for embed in embeds:
        plain: dict[str, object] = msgspec.to_builtins(embed)
        built.append({**{key: value for key, value in plain.items() if value is not None}, "type": "rich"})
    return built


def read_embeds(column: str | None) -> tuple[Embed, ...]:
    """The stored embeds; none for null."""
    return () if column is None else _DECODER.decode(column)


def _has_content(embed: Embed) -> bool:
    return any((embed.title, embed.description, embed.image, embed.thumbnail, embed.footer, embed.author, embed.fields))


def _length(embed: Embed) -> int:
    texts = [embed.title, embed.description]
    if embed.footer:
        texts.append(embed.footer.text)
    if embed.author:
        texts.append(embed.author.name)
    for field in embed.fields or ():
        texts += [field.name, field.value]
    return sum(len(text) for text in texts if isinstance(text, str))
