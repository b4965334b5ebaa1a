"""Notifications: what other domains may call."""

from agora.domains.talk.notifications.events import ChannelRead
from agora.domains.talk.notifications.service import list_marks, mark_read
from agora.domains.talk.notifications.wishes import Level, Wishes, list_wishes

__all__ = ["ChannelRead", "Level", "Wishes", "list_marks", "list_wishes", "mark_read"]
