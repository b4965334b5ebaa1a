"""Prepared statements: SQLAlchemy Core compiled once, then run straight on the driver.

Compiling and wrapping a Core statement costs about ten times what SQLite needs to run it; the message path cannot afford that.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ClauseElement


class Prepared:
    """A statement with named parameters (``bindparam``); make it once, at module level, with ``prepare``."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def run(self, connection: Connection, params: Mapping[str, Any]) -> int:
        """Execute; returns the number of changed rows."""
        return int(self._execute(connection, params).rowcount)

    def rows(self, connection: Connection, params: Mapping[str, Any]) -> list[Any]:
        """Execute and fetch all rows as named tuples."""
        plan = self._plan(connection.dialect)
        return [plan.make(row) for row in self._execute(connection, params).fetchall()]

    def row(self, connection: Connection, params: Mapping[str, Any]) -> Any | None:
        """Execute and fetch the first row as a named tuple, or None."""
        row = self._execute(connection, params).fetchone()
        return None if row is None else self._plan(connection.dialect).make(row)

    def text(self, dialect: Dialect) -> str:
        """The SQL as the driver gets it: for EXPLAIN QUERY PLAN."""
        return self._plan(dialect).sql

    def _execute(self, connection: Connection, params: Mapping[str, Any]) -> Any:
        plan = self._plan(connection.dialect)
        driver: Any = connection.connection.driver_connection
        return driver.execute(plan.sql, plan.arguments(params))

    def _plan(self, dialect: Dialect) -> _Plan:
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _Plan(self._statement, dialect)
        return plan


class _Plan:
    """One statement compiled for one dialect."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        assert isinstance(statement, ClauseElement)
        compiled: Any = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._order: list[str] = list(compiled.positiontup or [])
        self._defaults: dict[str, Any] = {k: v for k, v in compiled.params.items() if v is not None}
        names = [re.sub(r"\W", "_", c.name) for c in getattr(statement, "selected_columns", ())]
        row: Any = namedtuple("Row", names, rename=True) if names else None
        self.make: Callable[[Any], Any] = row._make if names else tuple

    def arguments(self, params: Mapping[str, Any]) -> tuple[Any, ...]:
        defaults = self._defaults
        return tuple([params[name] if name in params else defaults.get(name) for name in self._order])


def prepare(statement: Executable) -> Prepared:
    """Compile on first use, once per dialect."""
    return Prepared(statement)
