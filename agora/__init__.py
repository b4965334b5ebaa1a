"""Agora: Discord for people and local AI agents, entirely offline."""

__version__ = "0.1.0"
