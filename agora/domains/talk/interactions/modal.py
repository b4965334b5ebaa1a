"""Forms that an app opens, and what comes back (https://discord.com/developers/docs/components/reference#text-input)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from agora.domains.talk.interactions.choose import check_chosen
from agora.domains.talk.interactions.resolved import Resolver
from agora.domains.talk.messages import Select, StringSelect, TextDisplay, check_select
from agora.kernel.errors import invalid
from agora.protocol.component_types import type_of

MAX_TEXT = 4000
CustomId = Annotated[str, Meta(min_length=1, max_length=100)]


class TextInput(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=4):
    """A field for text: ``style`` 1 is one line, 2 several."""

    custom_id: CustomId
    style: Literal[1, 2]
    id: int = 0
    label: Annotated[str, Meta(max_length=45)] | UnsetType | None = UNSET
    min_length: Annotated[int, Meta(ge=0, le=MAX_TEXT)] | UnsetType | None = UNSET
    max_length: Annotated[int, Meta(ge=1, le=MAX_TEXT)] | UnsetType | None = UNSET
    required: bool | None = True
    value: Annotated[str, Meta(max_length=MAX_TEXT)] | UnsetType | None = UNSET
    placeholder: Annotated[str, Meta(max_length=100)] | UnsetType | None = UNSET


Field: TypeAlias = TextInput | Select


class ModalRow(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=1):
    """The older form of a labelled field."""

    components: Annotated[tuple[TextInput, ...], Meta(min_length=1, max_length=1)]
    id: int = 0


class Label(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=18):
    """A field with its name and an explanation."""

    label: Annotated[str, Meta(min_length=1, max_length=45)]
    component: Field
    description: Annotated[str, Meta(max_length=100)] | UnsetType | None = UNSET
    id: int = 0


class Modal(msgspec.Struct, frozen=True, kw_only=True):
    """A form of up to five parts."""

    custom_id: CustomId
    title: Annotated[str, Meta(min_length=1, max_length=45)]
    components: Annotated[tuple[ModalRow | Label | TextDisplay, ...], Meta(min_length=1, max_length=5)]


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A part as it comes back; only fields with a ``custom_id`` count."""

    type: int
    custom_id: str | None = None
    value: str | None = None
    values: list[str] | None = None
    components: tuple[Filled, ...] = ()
    component: Filled | None = None


DECODER = msgspec.json.Decoder(Modal)


def check_modal(modal: Modal) -> None:
    """Raise 400 when two fields have one name, or a select cannot be chosen from."""
    names = [field.custom_id for field in _fields(modal)]
    if len(set(names)) != len(names):
        raise invalid("data.components", "Component custom id cannot be duplicated", "COMPONENT_CUSTOM_ID_DUPLICATED")
    for field in _fields(modal):
        if isinstance(field, StringSelect):
            check_select(field)


def _fields(modal: Modal) -> Iterator[Field]:
    for part in modal.components:
        if isinstance(part, ModalRow):
            yield part.components[0]
        elif isinstance(part, Label):
            yield part.component


def fill(modal: Modal, filled: Sequence[Filled], resolver: Resolver) -> list[dict[str, Any]]:
    """The form as the app hears it. Raises 400 for what is missing, too long or not offered."""
    given = {part.custom_id: part for part in _flat(filled) if part.custom_id is not None}
    wire: list[dict[str, Any]] = []
    for number, part in enumerate(modal.components, 1):
        if isinstance(part, ModalRow):
            inner = _fill_field(part.components[0], given, resolver, 100 + number)
            wire.append({"type": 1, "id": part.id or number, "components": [inner]})
        elif isinstance(part, Label):
            inner = _fill_field(part.component, given, resolver, 100 + number)
            wire.append({"type": 18, "id": part.id or number, "component": inner})
        else:
            wire.append({"type": 10, "id": part.id or number})
    return wire


def _flat(parts: Sequence[Filled]) -> Iterator[Filled]:
    for part in parts:
        yield part
        yield from _flat(part.components)
        if part.component is not None:
            yield from _flat((part.component,))


def _fill_field(field: Field, given: dict[str, Filled], resolver: Resolver, number: int) -> dict[str, Any]:
    answer = given.get(field.custom_id)
    wire: dict[str, Any] = {"type": int(type_of(field)), "id": field.id or number, "custom_id": field.custom_id}
    if not isinstance(field, TextInput):
        values = list((answer.values if answer is not None else None) or ())
        optional = field.required is False
        return wire | {"values": check_chosen(field, values, resolver, least=0 if optional else None)}
    text = (answer.value if answer is not None else None) or ""
    least = field.min_length or (1 if field.required is not False else 0)
    most = field.max_length or MAX_TEXT
    if (text or field.required is not False) and not least <= len(text) <= most:
        raise invalid(
            f"data.components.{field.custom_id}", f"Must be between {least} and {most} in length.", "BASE_TYPE_BAD_LENGTH"
        )
    return wire | {"value": text}
