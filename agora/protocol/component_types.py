"""Component types (https://discord.com/developers/docs/components/reference#component-object-component-types)."""

import enum

import msgspec


class ComponentType(enum.IntEnum):
    """What a component is."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18


def type_of(component: msgspec.Struct) -> ComponentType:
    """The type of a component's struct: its tag."""
    tag = component.__struct_config__.tag
    assert isinstance(tag, int)
    return ComponentType(tag)
