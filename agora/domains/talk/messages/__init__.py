"""Messages: what other domains may call. Everybody who says something does so with ``send``."""

from agora.domains.talk.messages.access import Place, check_place
from agora.domains.talk.messages.bodies import MessageCreate, MessagePatch, build_draft, build_patch
from agora.domains.talk.messages.components import (
    ActionRow,
    Button,
    ComponentEmoji,
    Control,
    Select,
    SelectChoice,
    StringSelect,
    TextDisplay,
    check_select,
    find_control,
    links_only,
    read_components,
)
from agora.domains.talk.messages.draft import AllowedMentions, Draft, Origin, Patch, Sent
from agora.domains.talk.messages.embeds import Embed, read_embeds
from agora.domains.talk.messages.events import (
    MessageDeleted,
    MessageEdited,
    MessagesBulkDeleted,
    MessageSent,
    MessagesImported,
    MessagesMoved,
)
from agora.domains.talk.messages.forward import copy_files
from agora.domains.talk.messages.history import read_one
from agora.domains.talk.messages.hooks import (
    BEFORE_EDIT,
    BEFORE_SEND,
    ChannelStep,
    EditStep,
    Forget,
    MoveStep,
    Outgoing,
    ReactionsOf,
    VotesOf,
)
from agora.domains.talk.messages.imports import Carried, Past, Placed, build_past, do_import
from agora.domains.talk.messages.markdown import Names, render
from agora.domains.talk.messages.mentions import Mentions, mentioned_users, mentions_of
from agora.domains.talk.messages.moving import do_drop_starter, do_move_messages
from agora.domains.talk.messages.notices import Notice, do_mark_published, do_mark_thread, do_post_notice
from agora.domains.talk.messages.packed import stored
from agora.domains.talk.messages.packing import Packed, pack_messages
from agora.domains.talk.messages.poll import AnswerBody, AnswerMedia, Poll, PollCreate, Question, read_poll
from agora.domains.talk.messages.queries import find_by_nonce, find_message, list_by_ids, list_payloads, list_recent
from agora.domains.talk.messages.row import Has, Row
from agora.domains.talk.messages.service import (
    bulk_delete,
    change_whole,
    compose_whole,
    delete,
    edit,
    edit_in,
    get_message,
    pin,
    send,
)
from agora.domains.talk.messages.snapshot import words_of
from agora.domains.talk.messages.tables import fts, indexed, message
from agora.domains.talk.messages.wire import build_message
from agora.domains.talk.messages.writes import do_bulk_delete, do_delete, do_edit, do_empty_channel, do_send, do_tell_edited

__all__ = [
    "BEFORE_EDIT",
    "BEFORE_SEND",
    "ActionRow",
    "AllowedMentions",
    "AnswerBody",
    "AnswerMedia",
    "Button",
    "Carried",
    "ChannelStep",
    "ComponentEmoji",
    "Control",
    "Draft",
    "EditStep",
    "Embed",
    "Forget",
    "Has",
    "Mentions",
    "MessageCreate",
    "MessageDeleted",
    "MessageEdited",
    "MessagePatch",
    "MessageSent",
    "MessagesBulkDeleted",
    "MessagesImported",
    "MessagesMoved",
    "MoveStep",
    "Names",
    "Notice",
    "Origin",
    "Outgoing",
    "Packed",
    "Past",
    "Patch",
    "Place",
    "Placed",
    "Poll",
    "PollCreate",
    "Question",
    "ReactionsOf",
    "Row",
    "Select",
    "SelectChoice",
    "Sent",
    "StringSelect",
    "TextDisplay",
    "VotesOf",
    "build_draft",
    "build_message",
    "build_past",
    "build_patch",
    "bulk_delete",
    "change_whole",
    "check_place",
    "check_select",
    "compose_whole",
    "copy_files",
    "delete",
    "do_bulk_delete",
    "do_delete",
    "do_drop_starter",
    "do_edit",
    "do_empty_channel",
    "do_import",
    "do_mark_published",
    "do_mark_thread",
    "do_move_messages",
    "do_post_notice",
    "do_send",
    "do_tell_edited",
    "edit",
    "edit_in",
    "find_by_nonce",
    "find_control",
    "find_message",
    "fts",
    "get_message",
    "indexed",
    "links_only",
    "list_by_ids",
    "list_payloads",
    "list_recent",
    "mentioned_users",
    "mentions_of",
    "message",
    "pack_messages",
    "pin",
    "read_components",
    "read_embeds",
    "read_one",
    "read_poll",
    "render",
    "send",
    "stored",
    "words_of",
]
