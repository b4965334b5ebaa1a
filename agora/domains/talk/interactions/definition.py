"""Commands as apps describe them: Discord's shape and limits.

https://discord.com/developers/docs/interactions/application-commands
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from agora.kernel.errors import invalid
from agora.protocol.permissions import from_wire

MAX_OPTIONS = 25
Texts = dict[str, str] | None
Name = Annotated[str, Meta(min_length=1, max_length=32)]
Description = Annotated[str, Meta(max_length=100)]
_NAME = re.compile(r"[-_'\w]{1,32}")


class CommandType(enum.IntEnum):
    """Where a command is found: by typing, on a user, on a message."""

    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3


class OptionType(enum.IntEnum):
    """What an option takes."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


NESTED = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of a few values."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    value: str | int | float
    name_localizations: Texts | UnsetType = UNSET


class Option(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A parameter, or a subcommand with parameters of its own."""

    type: Annotated[int, Meta(ge=1, le=11)]
    name: Name
    description: Annotated[str, Meta(min_length=1, max_length=100)]
    name_localizations: Texts | UnsetType = UNSET
    description_localizations: Texts | UnsetType = UNSET
    required: bool | UnsetType = UNSET
    choices: Annotated[tuple[Choice, ...], Meta(max_length=25)] | UnsetType | None = UNSET
    options: tuple[Option, ...] | UnsetType | None = UNSET
    channel_types: tuple[int, ...] | UnsetType | None = UNSET
    min_value: int | float | UnsetType | None = UNSET
    max_value: int | float | UnsetType | None = UNSET
    min_length: Annotated[int, Meta(ge=0, le=6000)] | UnsetType | None = UNSET
    max_length: Annotated[int, Meta(ge=1, le=6000)] | UnsetType | None = UNSET
    autocomplete: bool | UnsetType | None = UNSET

    @property
    def inner(self) -> tuple[Option, ...]:
        """The options of a subcommand."""
        return self.options or ()


class CommandBody(msgspec.Struct, frozen=True, kw_only=True):
    """A command to make."""

    name: Name
    type: CommandType = CommandType.CHAT_INPUT
    description: Description = ""
    name_localizations: Texts = None
    description_localizations: Texts = None
    options: Annotated[tuple[Option, ...], Meta(max_length=MAX_OPTIONS)] | None = None
    default_member_permissions: str | int | None = None
    dm_permission: bool | None = None
    contexts: tuple[int, ...] | None = None
    integration_types: tuple[int, ...] | None = None
    nsfw: bool | None = None


class CommandPatch(msgspec.Struct, frozen=True, kw_only=True):
    """What changes of a command; what is absent stays."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    name_localizations: Texts | UnsetType = UNSET
    description_localizations: Texts | UnsetType = UNSET
    options: Annotated[tuple[Option, ...], Meta(max_length=MAX_OPTIONS)] | UnsetType | None = UNSET
    default_member_permissions: str | int | UnsetType | None = UNSET
    dm_permission: bool | UnsetType | None = UNSET
    contexts: tuple[int, ...] | UnsetType | None = UNSET
    integration_types: tuple[int, ...] | UnsetType | None = UNSET
    nsfw: bool | UnsetType | None = UNSET


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command of an app, everywhere or (``guild_id``) in one community. ``version`` is a new id with each change."""

    id: int
    application_id: int
    guild_id: int | None
    version: int
    body: CommandBody


def check_command(body: CommandBody) -> None:
    """Raise 400 where Discord would refuse the description."""
    if body.type == CommandType.CHAT_INPUT:
        _check_name("name", body.name)
        if not body.description:
            raise invalid("description", "This field is required", "BASE_TYPE_REQUIRED")
        for locale, name in (body.name_localizations or {}).items():
            _check_name(f"name_localizations.{locale}", name)
    elif body.description or body.options:
        field = "description" if body.description else "options"
        raise invalid(field, "Context menu commands have neither description nor options.", "APPLICATION_COMMAND_INVALID")
    if body.default_member_permissions is not None and from_wire(str(body.default_member_permissions)) is None:
        raise invalid("default_member_permissions", "This is no set of permissions.", "PERMISSIONS_TYPE_BAD")
    _check_options("options", body.options or (), depth=0)


def _check_name(field: str, name: str) -> None:
    if not _NAME.fullmatch(name) or name != name.lower():
        raise invalid(field, "Command name is invalid", "APPLICATION_COMMAND_INVALID_NAME")


def _check_options(field: str, options: Sequence[Option], depth: int) -> None:
    if len(options) > MAX_OPTIONS:
        raise invalid(field, f"Must be {MAX_OPTIONS} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    names, optional, nested = set[str](), False, 0
    for index, option in enumerate(options):
        at = f"{field}.{index}"
        _check_name(f"{at}.name", option.name)
        if option.name in names:
            raise invalid(f"{at}.name", "Option names must be unique", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID")
        names.add(option.name)
        if option.required is True and optional:
            raise invalid(f"{at}.required", "Required options must come first", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID")
        optional = optional or option.required is not True
        nested += option.type in NESTED
        _check_option(at, option, depth)
    if nested and nested < len(options):
        raise invalid(field, "Subcommands cannot stand beside other options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID")


def _check_option(at: str, option: Option, depth: int) -> None:
    if option.type in NESTED:
        if depth == 2 or (depth == 1 and option.type == OptionType.SUB_COMMAND_GROUP):
            raise invalid(f"{at}.type", "Subcommands nest one group deep", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID")
        _check_options(f"{at}.options", option.inner, depth + 1 if option.type == OptionType.SUB_COMMAND_GROUP else 2)
        return
    if option.options:
        raise invalid(f"{at}.options", "Only subcommands have options.", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID")
    if option.choices and option.autocomplete:
        raise invalid(f"{at}.autocomplete", "Choices cannot be combined with autocomplete", "APPLICATION_COMMAND_OPTIONS_INVALID")
    for choice in option.choices or ():
        check_kind(f"{at}.choices", option.type, choice.value)


def check_kind(field: str, kind: int, value: Any) -> None:
    """Raise 400 when a value is not of the option's type."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        OptionType.STRING: isinstance(value, str),
        OptionType.INTEGER: isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 1 << 53,
        OptionType.NUMBER: number and abs(value) <= 1 << 53,
        OptionType.BOOLEAN: isinstance(value, bool),
    }
    if not fits.get(OptionType(kind), True):
        raise invalid(field, f"This is not a value of option type {kind}.", "APPLICATION_COMMAND_OPTIONS_VALUE_INVALID")
