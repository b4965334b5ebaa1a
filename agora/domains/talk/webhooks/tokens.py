"""Tokens of webhooks: HMAC-SHA512 of the id. They can be shown again, and a stolen database holds none."""

from __future__ import annotations

import base64
import hashlib
import hmac

from agora.kernel.app import App
from agora.kernel.secrets import Secrets

LENGTH = 68  # characters, as Discord's


class WebhookTokens:
    """Makes and checks tokens with the key of this installation."""

    def __init__(self, app: App) -> None:
        self._key = app.get(Secrets).get("webhooks")

    def build(self, webhook_id: int) -> str:
        """The token of a webhook."""
        digest = hmac.new(self._key, str(webhook_id).encode(), hashlib.sha512).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")[:LENGTH]

    def is_valid(self, webhook_id: int, token: str) -> bool:
        """Whether this is the token of this webhook."""
        return hmac.compare_digest(self.build(webhook_id).encode(), token.encode())
