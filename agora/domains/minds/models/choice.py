"""Which model runs: the one of the settings, else the one chosen by hand, else the starter model or the first that is whole."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from agora.domains.minds.models.events import ModelChosen
from agora.domains.minds.models.tables import choice as c
from agora.kernel.events import NOBODY
from agora.kernel.tx import Tx


def find_choice(tx: Tx) -> str:
    """The name chosen by hand; empty when none was."""
    return tx.execute(select(c.c.name).where(c.c.id == 1)).scalar() or ""


def do_choose(tx: Tx, name: str) -> None:
    """Choose a model; a running server changes over to it."""
    values = {"name": name, "at": tx.now_ms}
    tx.execute(insert(c).values(id=1, **values).on_conflict_do_update(index_elements=["id"], set_=values))
    tx.emit(ModelChosen(name=name), NOBODY)
