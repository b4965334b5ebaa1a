"""Permissions: the table of contents."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from agora.domains.place.permissions.directory import Directory
from agora.domains.place.permissions.facts import FactsSource
from agora.domains.place.permissions.gate import PermissionGate
from agora.gateway.ports import Visibility
from agora.kernel.access import Gate
from agora.kernel.domain import Domain

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.tx import Tx

USES: tuple[str, ...] = ()


async def open_permissions(app: "App") -> AsyncIterator[None]:
    """Load the facts of guilds and channels from the domains that own them."""
    directory = Directory(app.clock)
    await app.db.read(_load, directory)
    app.put(Directory, directory)
    app.put(Gate, PermissionGate())
    app.put(Visibility, directory)
    yield


def _load(tx: "Tx", directory: Directory) -> None:
    for source in tx.app.offers(FactsSource):
        source.load(tx, directory)


DOMAIN = Domain(name="permissions", lifetime=open_permissions)
