"""How many tokens a text is when the model that would know is in another process or on another machine."""

BYTES_PER_TOKEN = 3.0
"""Careful for European languages, where models take 3.3 to 4.5 bytes a token: better a line too few than one too many."""
MOST_BYTES = 6.0
LEAST_BYTES = 1.0
CAUTION = 0.9


class TokenEstimate:
    """Starts careful and learns from what the model has counted itself."""

    def __init__(self) -> None:
        self._bytes_per_token = BYTES_PER_TOKEN
        self._known = False

    def set(self, bytes_per_token: float) -> None:
        """The model was asked about a sample of text."""
        self._bytes_per_token = min(MOST_BYTES, max(LEAST_BYTES, bytes_per_token * CAUTION))
        self._known = True

    def learn(self, text_bytes: int, tokens: int) -> None:
        """A prompt of so many bytes had so many tokens. Short ones say little, as they consist of the template's words."""
        if tokens < 64 or text_bytes < 256:
            return
        seen = min(MOST_BYTES, max(LEAST_BYTES, text_bytes / tokens * CAUTION))
        self._bytes_per_token = min(self._bytes_per_token, seen) if self._known and seen < self._bytes_per_token else seen
        self._known = True

    def count(self, text: str) -> int:
        """Rather too many than too few; at least one for any text."""
        return int(len(text.encode("utf-8", "replace")) / self._bytes_per_token) + 1

    def count_least(self, text: str) -> int:
        """Surely not fewer than this, however well the model's words fit."""
        return int(len(text) / MOST_BYTES)
