"""Announcements: nothing that other domains may call."""
