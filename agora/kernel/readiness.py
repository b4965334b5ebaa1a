"""What must be well for the server to be of use: domains offer checks, ``/readyz`` asks them all."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from agora.kernel.app import App

log = logging.getLogger(__name__)
LIMIT_S = 2.0

State = Literal["ready", "degraded", "failed"]


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a component is; ``reason`` says why it is not ready, and what to do."""

    state: State
    reason: str = ""


class Readiness(msgspec.Struct, frozen=True):
    """Offered by a domain. Without a ``required`` component the server as a whole is not ready."""

    name: str
    check: Callable[[App], Awaitable[Health]]
    required: bool = True


class Component(msgspec.Struct, frozen=True, omit_defaults=True):
    """A checked component; ``ms`` is how long the check took."""

    name: str
    state: State
    ms: float
    reason: str = ""


async def check_all(app: App, checks: Sequence[Readiness]) -> tuple[State, list[Component]]:
    """Run the checks side by side; one that fails or hangs is failed itself. The state of the whole comes first."""
    components = await asyncio.gather(*(_check(app, check) for check in checks))
    states = {check.required: set[State]() for check in checks}
    for check, component in zip(checks, components, strict=True):
        states[check.required].add(component.state)
    required, others = states.get(True, set()), states.get(False, set())
    if "failed" in required:
        return "failed", components
    return ("ready" if required | others <= {"ready"} else "degraded"), components


async def _check(app: App, check: Readiness) -> Component:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(LIMIT_S):
            health = await check.check(app)
    except TimeoutError:
        health = Health("failed", f"no answer within {LIMIT_S:.0f} s")
    except Exception as error:
        log.warning("the readiness check of %s failed: %r", check.name, error)
        health = Health("failed", str(error) or type(error).__name__)
    ms = round((time.perf_counter() - started) * 1000, 3)
    return Component(check.name, health.state, ms, health.reason)
