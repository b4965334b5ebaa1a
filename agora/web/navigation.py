"""Links of the main menu: domains offer them, the UI kit shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.auth import Actor


class NavItem(msgspec.Struct, frozen=True):
    """A page in the menu. ``label`` is a text key, ``icon`` the name of a drawing in ``static/icons.svg``.

    Smaller ``order`` comes first; ``owner_only`` hides it from everybody but the server's owner.
    """

    name: str
    href: str
    label: str
    icon: str
    order: int = 100
    owner_only: bool = False


def list_nav(app: App, actor: Actor) -> Sequence[NavItem]:
    """What this actor sees."""
    shown = (item for item in app.offers(NavItem) if actor.is_owner or not item.owner_only)
    return sorted(shown, key=lambda item: (item.order, item.name))
