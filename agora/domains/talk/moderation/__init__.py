"""Moderation: rules, reports and their queue. Nothing here is called from elsewhere."""
