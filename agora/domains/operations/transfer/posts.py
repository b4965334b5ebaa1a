"""From a message of elsewhere to ours: its id, its links, its embeds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from agora.domains.operations.transfer.records import Enclosed, Post
from agora.domains.talk.messages import Embed
from agora.kernel.ids import MAX_SNOWFLAKE, created_ms, first_at

_LOW = (1 << 22) - 1  # the part of a snowflake below the time
MAX_EMBEDS = 10


def first_id(post: Post, now_ms: int) -> int:
    """A snowflake of the message's time: its own, else one made of the time and the message, the same each time.

    A time that has not come yet is now, or the channel's order would be wrong from then on; before 2015 there are no
    snowflakes, so everything older stands at the beginning.
    """
    if post.id is not None and post.id <= MAX_SNOWFLAKE and created_ms(post.id) <= now_ms:
        return post.id
    low = int.from_bytes(hashlib.blake2b(post.key.encode("utf-8", "surrogatepass"), digest_size=3).digest()) & _LOW
    return max(first_at(min(post.at, now_ms)) | low, 1)


def with_links(content: str, files: Iterable[Enclosed]) -> str:
    """What the archive does not hold stays as its name, and its address where there is one."""
    lines = [content] + [f"\N{PAPERCLIP} {file.name}" + (f" <{file.url}>" if file.url else "") for file in files]
    return "\n".join(line for line in lines if line)


def convert_embeds(embeds: Sequence[Any]) -> tuple[tuple[Embed, ...], int]:
    """Embeds as ours, and how many could not be taken."""
    taken = []
    for embed in embeds[:MAX_EMBEDS]:
        converted = _convert(embed) if isinstance(embed, dict) else None
        if converted is not None:
            taken.append(converted)
    return tuple(taken), len(embeds) - len(taken)


def _convert(embed: dict[str, Any]) -> Embed | None:
    try:
        found = msgspec.convert(_renamed(embed), Embed)
    except (msgspec.ValidationError, ValueError, KeyError, AttributeError, TypeError):
        return None
    shown = (found.title, found.description, found.image, found.thumbnail, found.footer, found.author, found.fields)
    return found if any(shown) else None


def _renamed(embed: dict[str, Any]) -> dict[str, Any]:
    """DiscordChatExporter's names as Discord's; what is empty is left out."""
    built: dict[str, Any] = {name: embed[name] for name in ("title", "url", "timestamp", "description") if embed.get(name)}
    if embed.get("color"):
        built["color"] = int(str(embed["color"]).lstrip("#"), 16) & 0xFFFFFF
    for name in ("author", "footer"):
        if part := embed.get(name):
            names = {"name": "name", "text": "text", "url": "url", "icon_url": "iconCanonicalUrl"}
            built[name] = {ours: part[theirs] for ours, theirs in names.items() if part.get(theirs)}
    for name in ("thumbnail", "image"):
        if part := embed.get(name):
            built[name] = {"url": part.get("canonicalUrl") or part["url"]}
            built[name] |= {side: part[side] for side in ("width", "height") if isinstance(part.get(side), int)}
    if fields := embed.get("fields"):
        built["fields"] = [{"name": f["name"], "value": f["value"], "inline": bool(f.get("isInline"))} for f in fields]
    return built
