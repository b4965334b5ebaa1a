"""Channels: text, categories and direct messages."""

from agora.domains.place.channels.events import ChannelCreated, ChannelDeleted, ChannelUpdated
from agora.domains.place.channels.model import ChannelEdit, NewChannel, ThreadEdit
from agora.domains.place.channels.ports import ChannelEnd, GroupNotice, ThreadDesk
from agora.domains.place.channels.private import open_dm
from agora.domains.place.channels.service import check_name, create_channel, delete_channel, do_create_channel, edit_channel
from agora.domains.place.channels.wire import build_channel, build_thread, build_thread_member
from agora.domains.place.channels.writes import do_put_channels, do_touch_channel, note_message
from agora.domains.place.permissions import ChannelFacts

__all__ = [
    "ChannelCreated",
    "ChannelDeleted",
    "ChannelEdit",
    "ChannelEnd",
    "ChannelFacts",
    "ChannelUpdated",
    "GroupNotice",
    "NewChannel",
    "ThreadDesk",
    "ThreadEdit",
    "build_channel",
    "build_thread",
    "build_thread_member",
    "check_name",
    "create_channel",
    "delete_channel",
    "do_create_channel",
    "do_put_channels",
    "do_touch_channel",
    "edit_channel",
    "note_message",
    "open_dm",
]
