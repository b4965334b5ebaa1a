"""Components under a message: Discord's shapes, limits and ids (https://discord.com/developers/docs/components/reference).

Taken are rows of buttons and selects, and of the newer layout text, sections, separators and containers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from agora.kernel.errors import invalid
from agora.kernel.ids import Id
from agora.protocol.message_types import MessageFlag

MAX_ROWS = 5
MAX_BUTTONS = 5
MAX_TOTAL = 40  # components of a message in the newer layout, nested ones counted
LAYOUT = int(MessageFlag.IS_COMPONENTS_V2)
LINK, PREMIUM = 5, 6  # button styles

CustomId = Annotated[str, Meta(min_length=1, max_length=100)]
Number = Annotated[int, Meta(ge=0, le=(1 << 31) - 1)]
Few = Annotated[int, Meta(ge=0, le=25)]
Address = Annotated[str, Meta(max_length=512, pattern=r"^(?i:https?)://\S+$")]


class ComponentEmoji(msgspec.Struct, frozen=True):
    """A Unicode emoji by its ``name``, or a guild's by its ``id``."""

    name: str | None = None
    id: Id | None = None
    animated: bool = False


class _Part(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    id: Number = 0


class Button(_Part, frozen=True, kw_only=True, tag=2):
    """Styles 1 to 4 have a ``custom_id``, 5 an address."""

    style: Literal[1, 2, 3, 4, 5]
    label: Annotated[str, Meta(max_length=80)] | UnsetType | None = UNSET
    emoji: ComponentEmoji | UnsetType | None = UNSET
    custom_id: CustomId | UnsetType | None = UNSET
    url: Address | UnsetType | None = UNSET
    disabled: bool = False


class SelectChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A choice of a select with texts."""

    label: Annotated[str, Meta(min_length=1, max_length=100)]
    value: Annotated[str, Meta(min_length=1, max_length=100)]
    description: Annotated[str, Meta(max_length=100)] | UnsetType | None = UNSET
    emoji: ComponentEmoji | UnsetType | None = UNSET
    default: bool = False


class DefaultValue(msgspec.Struct, frozen=True):
    """Somebody or something that is chosen from the start."""

    id: Id
    type: Literal["user", "role", "channel"]


class _Select(_Part, frozen=True, kw_only=True):
    custom_id: CustomId
    placeholder: Annotated[str, Meta(max_length=150)] | UnsetType | None = UNSET
    min_values: Few = 1
    max_values: Annotated[int, Meta(ge=1, le=25)] = 1
    disabled: bool = False
    required: bool | UnsetType | None = UNSET  # only in modals


class StringSelect(_Select, frozen=True, kw_only=True, tag=3):
    """A choice among texts."""

    options: Annotated[tuple[SelectChoice, ...], Meta(min_length=1, max_length=25)]


class _EntitySelect(_Select, frozen=True, kw_only=True):
    default_values: Annotated[tuple[DefaultValue, ...], Meta(max_length=25)] | UnsetType | None = UNSET


class UserSelect(_EntitySelect, frozen=True, kw_only=True, tag=5):
    """A choice among people."""


class RoleSelect(_EntitySelect, frozen=True, kw_only=True, tag=6):
    """A choice among roles."""


class MentionableSelect(_EntitySelect, frozen=True, kw_only=True, tag=7):
    """A choice among people and roles."""


class ChannelSelect(_EntitySelect, frozen=True, kw_only=True, tag=8):
    """A choice among channels, perhaps only of some types."""

    channel_types: tuple[int, ...] | UnsetType | None = UNSET


Select: TypeAlias = StringSelect | UserSelect | RoleSelect | MentionableSelect | ChannelSelect
Control: TypeAlias = Button | StringSelect | UserSelect | RoleSelect | MentionableSelect | ChannelSelect


class ActionRow(_Part, frozen=True, kw_only=True, tag=1):
    """Up to five buttons, or one select."""

    components: Annotated[tuple[Control, ...], Meta(min_length=1, max_length=MAX_BUTTONS)]


class TextDisplay(_Part, frozen=True, kw_only=True, tag=10):
    """Markdown. ``content_html`` is Agora's own, made by the server."""

    content: Annotated[str, Meta(min_length=1, max_length=4000)]
    content_html: str | UnsetType = UNSET


class Section(_Part, frozen=True, kw_only=True, tag=9):
    """Text with a button beside it."""

    components: Annotated[tuple[TextDisplay, ...], Meta(min_length=1, max_length=3)]
    accessory: Button


class Separator(_Part, frozen=True, kw_only=True, tag=14):
    """Room between parts, with or without a line."""

    divider: bool = True
    spacing: Literal[1, 2] = 1


class Container(_Part, frozen=True, kw_only=True, tag=17):
    """A framed group."""

    components: Annotated[tuple[ActionRow | TextDisplay | Section | Separator, ...], Meta(min_length=1, max_length=40)]
    accent_color: Annotated[int, Meta(ge=0, le=0xFFFFFF)] | None = None
    spoiler: bool = False


Component: TypeAlias = ActionRow | TextDisplay | Section | Separator | Container
Components = tuple[Component, ...]
_DECODER = msgspec.json.Decoder(Components)


def check_components(components: Sequence[Component], flags: int) -> None:
    """Raise 400 when there are too many, two have one ``custom_id``, or the layout lacks its flag."""
    if not flags & LAYOUT:
        if len(components) > MAX_ROWS:
            raise invalid("components", f"Must be {MAX_ROWS} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        for index, each in enumerate(components):
            if not isinstance(each, ActionRow):
                raise invalid(f"components.{index}.type", "Needs the flag IS_COMPONENTS_V2.", "COMPONENT_TYPE_INVALID")
    if sum(1 for _ in walk(components)) > MAX_TOTAL:
        raise invalid("components", f"Must be {MAX_TOTAL} or fewer in total.", "BASE_TYPE_MAX_LENGTH")
    seen: set[str] = set()
    for part in walk(components):
        if isinstance(part, ActionRow):
            _check_row(part)
        elif isinstance(part, Button):
            _check_button(part)
        if (name := custom_id(part)) is not None:
            if name in seen:
                raise invalid("components", "Component custom id cannot be duplicated", "COMPONENT_CUSTOM_ID_DUPLICATED")
            seen.add(name)
        if isinstance(part, StringSelect):
            check_select(part)


def _check_row(row: ActionRow) -> None:
    if len(row.components) > 1 and not all(isinstance(each, Button) for each in row.components):
        raise invalid("components", "A row holds buttons, or one select.", "COMPONENT_LAYOUT_WIDTH_EXCEEDED")


def _check_button(button: Button) -> None:
    if not button.label and not button.emoji:
        raise invalid("components", "A button must have a label or an emoji.", "BUTTON_COMPONENT_LABEL_REQUIRED")
    if (button.style == LINK) != bool(button.url) or (button.style == LINK) == bool(button.custom_id):
        raise invalid("components", "A link button has a url; every other has a custom_id.", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED")


def check_select(select: StringSelect) -> None:
    """Raise 400 when values repeat, or more are wanted than there are."""
    values = [each.value for each in select.options]
    if len(set(values)) != len(values):
        raise invalid("components", "The specified option value is already used", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED")
    if select.min_values > len(values) or select.max_values > len(values):
        raise invalid("components", "There are fewer options than values to choose.", "SELECT_COMPONENT_MAX_VALUES_INVALID")


def walk(components: Sequence[Any]) -> Iterator[Any]:
    """All parts, nested ones after their holder."""
    for each in components:
        yield each
        yield from walk(getattr(each, "components", ()))
        if isinstance(each, Section):
            yield each.accessory


def custom_id(part: Any) -> str | None:
    """The name under which a bot hears of it."""
    name = getattr(part, "custom_id", None)
    return name if isinstance(name, str) else None


def components_column(components: Sequence[Component], html: Callable[[str], str]) -> str | None:
    """JSON for the table, as it goes out: with ids, and texts also as HTML; null for none."""
    if not components:
        return None
    taken = {part.id for part in walk(components)}
    free = iter(number for number in range(1, MAX_TOTAL + len(taken) + 2) if number not in taken)
    return msgspec.json.encode([_dressed(each, free, html) for each in components]).decode()


def _dressed(part: Any, free: Iterator[int], html: Callable[[str], str]) -> Any:
    changes: dict[str, Any] = {}
    if not part.id:
        changes["id"] = next(free)
    if isinstance(part, ActionRow | Section | Container):
        changes["components"] = tuple(_dressed(each, free, html) for each in part.components)
    if isinstance(part, Section):
        changes["accessory"] = _dressed(part.accessory, free, html)
    if isinstance(part, TextDisplay):
        changes["content_html"] = html(part.content)
    changes |= {key: UNSET for key in part.__struct_fields__ if key not in _NULLABLE and getattr(part, key) is None}
    return msgspec.structs.replace(part, **changes)


_NULLABLE = ("accent_color",)  # Discord writes null there, and leaves out every other key without a value


def read_components(column: str | None) -> Components:
    """The stored components; none for null."""
    return () if column is None else _DECODER.decode(column)


def links_only(components: Sequence[Any]) -> Components:
    """What is left of components where nobody answers a press: texts, lines, and buttons that are addresses."""
    return tuple(kept for each in components for kept in _links_only(each))


def _links_only(part: Any) -> tuple[Any, ...]:
    if isinstance(part, TextDisplay | Separator):
        return (part,)
    if isinstance(part, Button):
        return (part,) if part.style == LINK else ()
    if isinstance(part, Section):
        return (part,) if part.accessory.style == LINK else part.components
    if isinstance(part, ActionRow | Container) and (inner := links_only(part.components)):
        return (msgspec.structs.replace(part, components=inner),)
    return ()


def find_control(column: str | None, name: str) -> Control | None:
    """The button or select of a stored message with this ``custom_id``."""
    if column is None:
        return None
    return next((part for part in walk(_DECODER.decode(column)) if custom_id(part) == name), None)
