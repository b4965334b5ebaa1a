"""Messages: what other domains may call. Everybody who says something does so with ``send``."""

from agora.domains.talk.messages.access import Place, check_place
from agora.domains.talk.messages.bodies import MessageCreate, build_draft
from agora.domains.talk.messages.draft import AllowedMentions, Draft, Patch, Sent
from agora.domains.talk.messages.events import (
    MessageDeleted,
    MessageEdited,
    MessagesBulkDeleted,
    MessageSent,
    MessagesImported,
)
from agora.domains.talk.messages.hooks import BEFORE_SEND, ChannelStep, Forget, Outgoing, ReactionsOf
from agora.domains.talk.messages.imports import Past, Placed, build_past, do_import
from agora.domains.talk.messages.markdown import Names, render
from agora.domains.talk.messages.mentions import mentioned_users
from agora.domains.talk.messages.notices import Notice, do_mark_thread, do_post_notice
from agora.domains.talk.messages.queries import find_by_nonce, find_message, list_by_ids, list_payloads, list_recent
from agora.domains.talk.messages.row import Has, Row
from agora.domains.talk.messages.service import bulk_delete, compose, delete, edit, get_message, pin, send
from agora.domains.talk.messages.tables import fts, message
from agora.domains.talk.messages.writes import do_bulk_delete, do_delete, do_empty_channel, do_send

__all__ = [
    "BEFORE_SEND",
    "AllowedMentions",
    "ChannelStep",
    "Draft",
    "Forget",
    "Has",
    "MessageCreate",
    "MessageDeleted",
    "MessageEdited",
    "MessageSent",
    "MessagesBulkDeleted",
    "MessagesImported",
    "Names",
    "Notice",
    "Outgoing",
    "Past",
    "Patch",
    "Place",
    "Placed",
    "ReactionsOf",
    "Row",
    "Sent",
    "build_draft",
    "build_past",
    "bulk_delete",
    "check_place",
    "compose",
    "delete",
    "do_bulk_delete",
    "do_delete",
    "do_empty_channel",
    "do_import",
    "do_mark_thread",
    "do_post_notice",
    "do_send",
    "edit",
    "find_by_nonce",
    "find_message",
    "fts",
    "get_message",
    "list_by_ids",
    "list_payloads",
    "list_recent",
    "mentioned_users",
    "message",
    "pin",
    "render",
    "send",
]
