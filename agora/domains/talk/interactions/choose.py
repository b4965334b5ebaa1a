"""What was chosen in a select, checked against what it offers."""

from __future__ import annotations

from collections.abc import Sequence

from agora.domains.talk.interactions.resolved import Resolver
from agora.domains.talk.messages import Select, StringSelect
from agora.kernel.errors import invalid
from agora.kernel.ids import parse
from agora.protocol.component_types import ComponentType, type_of

_BAD = "COMPONENT_VALUES_INVALID"


def check_chosen(select: Select, values: Sequence[str], resolver: Resolver, *, least: int | None = None) -> list[str]:
    """The values, each one offered or visible to the asker; the latter are then in ``resolver``. Raises 400."""
    least = select.min_values if least is None else least
    if not least <= len(values) <= select.max_values or len(set(values)) != len(values):
        raise invalid("data.values", f"Choose {least} to {select.max_values} values.", _BAD)
    if isinstance(select, StringSelect):
        offered = {choice.value for choice in select.options}
        if not offered.issuperset(values):
            raise invalid("data.values", "This value is not offered.", _BAD)
        return list(values)
    for value in values:
        number = parse(value)
        if number is None or not _add(select, number, resolver):
            raise invalid("data.values", "There is no such thing here.", _BAD)
    return list(values)


def _add(select: Select, number: int, resolver: Resolver) -> bool:
    kind = type_of(select)
    if kind == ComponentType.USER_SELECT:
        return resolver.add_user(number)
    if kind == ComponentType.ROLE_SELECT:
        return resolver.add_role(number)
    if kind == ComponentType.CHANNEL_SELECT:
        return resolver.add_channel(number, getattr(select, "channel_types", None) or ())
    return resolver.add_user(number) or resolver.add_role(number)
