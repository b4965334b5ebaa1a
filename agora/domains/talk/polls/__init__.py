"""Polls: votes on what messages ask."""
