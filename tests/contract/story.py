"""A server on which a test acts over REST; every answer is compared with Discord's description on the way."""

from __future__ import annotations

from typing import Any

from tests.contract.description import PREFIX, Description, Undescribed
from tests.kit.server import Kit, Person

# Routes of Agora under /api/v10 that Discord describes nowhere (it serves them to its own clients only, or they are older).
UNDESCRIBED = (
    "/auth/",
    "/ack",
    "POST /api/v10/invites/",
    "POST /api/v10/guilds",
    "DELETE /api/v10/guilds/",
    "/application-command-index",
)


class Story:
    """Calls as a person; what is wrong with an answer fails the test at once."""

    def __init__(self, kit: Kit, description: Description | None) -> None:
        self.kit = kit
        self.description = description
        self.checked: set[str] = set()

    async def call(self, person: Person, method: str, path: str, json: Any = None, status: int | None = None) -> Any:
        """One call below ``/api/v10``; returns the decoded answer. Without ``status`` any success will do."""
        answer = await self.kit.request(method, PREFIX + path, person, json=json)
        expected = (status,) if status is not None else (200, 201, 204)
        assert answer.status in expected, f"{method} {path}: {answer.status} {answer.text[:600]}"
        self.check(method, PREFIX + path, answer.status, answer.json)
        return answer.json

    def check(self, method: str, path: str, status: int, body: Any) -> None:
        """Compare an answer with Discord's description."""
        if self.description is None or not path.startswith(PREFIX):
            return
        if status >= 400 and isinstance(body, dict):
            # the description says that the codes of single fields are numbers; Discord itself sends words there
            body = {key: value for key, value in body.items() if key != "errors"}
        try:
            problems = self.description.check(method, path, status, body)
        except Undescribed as reason:
            assert any(part in f"{method} {path}" for part in UNDESCRIBED), f"{reason} (body: {body})"
            return
        assert problems == [], f"{method} {path} -> {status}: {problems}"
        self.checked.add(f"{method} {path} {status}")
