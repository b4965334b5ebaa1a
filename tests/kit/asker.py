"""``Asker``: a person with a gateway session who uses commands as the page does."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from tests.kit.gateway import GatewayClient, gateway_client
from tests.kit.server import Answer, Kit, Person


class Asker:
    """Uses commands in one channel, and hears what comes of it."""

    def __init__(self, kit: Kit, person: Person, channel_id: int, gateway: GatewayClient) -> None:
        self.kit = kit
        self.person = person
        self.channel_id = channel_id
        self.gateway = gateway
        self._nonce = 0

    async def index(self) -> dict[str, Any]:
        """The commands here, by name."""
        path = f"/api/v10/channels/{self.channel_id}/application-command-index"
        answer = await self.kit.request("GET", path, self.person)
        assert answer.status == 200, answer.text
        return {each["name"]: each for each in answer.json["application_commands"]}

    async def post(self, kind: int, command: dict[str, Any], options: list[Any], **more: Any) -> Answer:
        """``POST /interactions`` about a command."""
        self._nonce += 1
        data = {"id": command["id"], "name": command["name"], "type": command["type"], "options": options, **more}
        body = {
            "type": kind,
            "application_id": command["application_id"],
            "channel_id": str(self.channel_id),
            "nonce": f"{self.person.id}-{self._nonce}",
            "data": data,
        }
        return await self.kit.request("POST", "/api/v10/interactions", self.person, json=body)

    async def use(self, name: str, *path: str, **values: Any) -> None:
        """Use a command with text, number and boolean options, or one of its subcommands (``path``)."""
        answer = await self.post(2, (await self.index())[name], _options(path, values))
        assert answer.status == 204, answer.text

    async def complete(self, name: str, *path: str, **values: Any) -> list[dict[str, Any]]:
        """What the last option could be."""
        options = _options(path, values)
        last = options
        while last[-1].get("options"):
            last = last[-1]["options"]
        last[-1]["focused"] = True
        answer = await self.post(4, (await self.index())[name], options)
        assert answer.status == 204, answer.text
        nonce = f"{self.person.id}-{self._nonce}"
        told = await self.gateway.wait_for("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", lambda d: d["nonce"] == nonce)
        choices: list[dict[str, Any]] = told["choices"]
        return choices

    async def hears(self, part: str, *, private: bool | None = None, event: str = "MESSAGE_CREATE") -> Any:
        """A message whose words contain ``part``, for everybody or for this person alone."""
        message = await self.gateway.wait_for(event, lambda d: part in d["content"])
        assert private is None or bool(message["flags"] & 64) == private
        return message


_TYPES = {str: 3, int: 4, bool: 5}


def _options(path: tuple[str, ...], values: dict[str, Any]) -> list[dict[str, Any]]:
    options = [{"type": _TYPES[type(value)], "name": name, "value": value} for name, value in values.items()]
    for name in reversed(path):
        options = [{"type": 1, "name": name, "options": options}]
    return options


@contextlib.asynccontextmanager
async def asking(kit: Kit, person: Person, channel_id: int) -> AsyncIterator[Asker]:
    """Somebody connected."""
    async with gateway_client(kit.session, kit.url) as gateway:
        await gateway.identify(person.token)
        yield Asker(kit, person, channel_id, gateway)
