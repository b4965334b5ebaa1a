"""Notifications: what other domains may call."""

from agora.domains.talk.notifications.events import ChannelRead
from agora.domains.talk.notifications.service import list_marks, mark_read

__all__ = ["ChannelRead", "list_marks", "mark_read"]
