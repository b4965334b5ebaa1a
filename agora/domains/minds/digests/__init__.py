"""Digests: what other domains may call."""

from agora.domains.minds.digests.extract import Said, choose, count_voices

__all__ = ["Said", "choose", "count_voices"]
