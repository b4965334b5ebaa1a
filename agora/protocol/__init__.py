"""Discord's wire as pure data: numbers, names and payload shapes. Nothing here does anything.

Source: https://discord.com/developers/docs and Discord's published OpenAPI description; version 10 of the API.
"""

API_VERSION = 10
