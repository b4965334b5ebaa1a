"""Threads: what other domains may call."""

from agora.domains.talk.threads.service import NewThread, post, start, start_from_message

__all__ = ["NewThread", "post", "start", "start_from_message"]
