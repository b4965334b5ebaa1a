"""What somebody gave to a command, checked against what the command takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.talk.interactions.definition import NESTED, Option, OptionType, check_kind
from agora.domains.talk.interactions.resolved import Resolver
from agora.kernel.errors import invalid
from agora.kernel.ids import parse

Value = str | int | float | bool
_BAD = "APPLICATION_COMMAND_OPTIONS_VALUE_INVALID"


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One option as the client sends it; ``focused`` is the one being typed."""

    name: str
    type: int
    value: Value | UnsetType | None = UNSET
    options: tuple[Given, ...] = ()
    focused: bool = False


def bind(options: Sequence[Option], given: Sequence[Given], resolver: Resolver, *, typing: bool) -> list[dict[str, Any]]:
    """The options as the app hears them; what they point at is in ``resolver``. Raises 400.

    While somebody is ``typing`` nothing has to be there yet, and values are passed on as they are.
    """
    known = {option.name: option for option in options}
    seen: set[str] = set()
    bound = []
    for each in given:
        option = known.get(each.name)
        if option is None or option.type != each.type or each.name in seen:
            raise invalid(f"data.options.{each.name}", "The command has no such option: load the commands again.", _BAD)
        seen.add(each.name)
        if option.type in NESTED:
            inner = bind(option.inner, each.options, resolver, typing=typing)
            bound.append({"type": option.type, "name": option.name, "options": inner})
        else:
            bound.append(_bind_value(option, each, resolver, typing=typing))
    if known and all(option.type in NESTED for option in options) and len(bound) != 1:
        raise invalid("data.options", "Choose one subcommand.", _BAD)
    missing = [option.name for option in options if option.required is True and option.name not in seen]
    if missing and not typing:
        raise invalid(f"data.options.{missing[0]}", "This field is required", "BASE_TYPE_REQUIRED")
    return bound


def _bind_value(option: Option, given: Given, resolver: Resolver, *, typing: bool) -> dict[str, Any]:
    field, value = f"data.options.{option.name}", given.value
    bound: dict[str, Any] = {"type": option.type, "name": option.name, "value": value}
    if given.focused:
        if not typing or not option.autocomplete:
            raise invalid(field, "This option is not completed by the app.", _BAD)
        return bound | {"focused": True}
    if typing:
        return bound
    if value is UNSET or value is None:
        raise invalid(field, "This field is required", "BASE_TYPE_REQUIRED")
    if option.type in (OptionType.USER, OptionType.CHANNEL, OptionType.ROLE, OptionType.MENTIONABLE):
        return bound | {"value": _resolve(option, field, value, resolver)}
    if option.type == OptionType.ATTACHMENT:
        raise invalid(field, "This server does not take files in commands.", _BAD)
    check_kind(field, option.type, value)
    _check_limits(option, field, value)
    return bound


def _resolve(option: Option, field: str, value: Value, resolver: Resolver) -> str:
    number = parse(value) if isinstance(value, str) else None
    if number is None:
        raise invalid(field, f'Value "{str(value)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    adders = {
        OptionType.USER: (resolver.add_user,),
        OptionType.ROLE: (resolver.add_role,),
        OptionType.MENTIONABLE: (resolver.add_user, resolver.add_role),
        OptionType.CHANNEL: (lambda each: resolver.add_channel(each, option.channel_types or ()),),
    }[OptionType(option.type)]
    if not any(add(number) for add in adders):
        raise invalid(field, "There is no such thing here.", _BAD)
    return str(number)


def _check_limits(option: Option, field: str, value: Value) -> None:
    if option.choices and value not in [choice.value for choice in option.choices]:
        raise invalid(field, "Choose one of the values the command names.", _BAD)
    if isinstance(value, str):
        low: int | float | UnsetType | None = option.min_length
        high: int | float | UnsetType | None = option.max_length
        size: int | float = len(value)
        if size > 6000:
            raise invalid(field, "Must be 6000 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    elif isinstance(value, bool):
        return
    else:
        low, high, size = option.min_value, option.max_value, value
    if isinstance(low, int | float) and size < low:
        raise invalid(field, f"Must be at least {low}.", "NUMBER_TYPE_MIN")
    if isinstance(high, int | float) and size > high:
        raise invalid(field, f"Must be at most {high}.", "NUMBER_TYPE_MAX")
