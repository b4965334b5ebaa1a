"""Which model runs.

For the server: the one of the settings, else the one chosen by hand, else the starter model or the first that is whole.
For an agent: its own, else its community's, else the server's.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from agora.domains.minds.models.events import GuildModelChosen, ModelChosen, ModelRemoved
from agora.domains.minds.models.tables import choice as c
from agora.domains.minds.models.tables import guild_choice as g
from agora.kernel.events import NOBODY
from agora.kernel.tx import Tx


class GuildModels:
    """The communities' choices in memory, kept fresh by a live listener."""

    def __init__(self, names: dict[int, str]) -> None:
        self._names = names

    def find(self, guild_id: int | None) -> str | None:
        """A community's model; None leaves it to the server."""
        return self._names.get(guild_id) if guild_id is not None else None

    def note(self, guild_id: int, name: str) -> None:
        """A community has chosen; empty takes the choice back."""
        if name:
            self._names[guild_id] = name
        else:
            self._names.pop(guild_id, None)


def find_choice(tx: Tx) -> str:
    """The name chosen by hand; empty when none was."""
    return tx.execute(select(c.c.name).where(c.c.id == 1)).scalar() or ""


def list_guild_choices(tx: Tx) -> dict[int, str]:
    """The communities that have chosen, and what."""
    return {row.guild_id: row.name for row in tx.execute(select(g.c.guild_id, g.c.name))}


def do_choose(tx: Tx, name: str) -> None:
    """Choose a model; a running server changes over to it."""
    values = {"name": name, "at": tx.now_ms}
    tx.execute(insert(c).values(id=1, **values).on_conflict_do_update(index_elements=["id"], set_=values))
    tx.emit(ModelChosen(name=name), NOBODY)


def do_choose_for_guild(tx: Tx, guild_id: int, name: str) -> None:
    """Choose a community's model; empty takes the choice back."""
    if name:
        values = {"name": name, "at": tx.now_ms}
        tx.execute(insert(g).values(guild_id=guild_id, **values).on_conflict_do_update(index_elements=["guild_id"], set_=values))
    else:
        tx.execute(delete(g).where(g.c.guild_id == guild_id))
    tx.emit(GuildModelChosen(guild_id=guild_id, name=name), NOBODY)


def do_forget(tx: Tx, name: str) -> None:
    """A file is gone: whoever had chosen it, alone or among adapters, is back with the server's own."""
    if name in split_files(find_choice(tx)):
        do_choose(tx, "")
    for guild_id, chosen in list_guild_choices(tx).items():
        if name in split_files(chosen):
            do_choose_for_guild(tx, guild_id, "")
    tx.emit(ModelRemoved(name=name), NOBODY)


def split_files(name: str) -> list[str]:
    """The files that a model's name stands for: its own and its adapters'."""
    base, *adapters = name.split("+")
    return [base, *(part.rpartition("@")[0] or part for part in adapters)]
