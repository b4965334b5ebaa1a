"""A type in words, for errors about settings: ``a whole number from 0 to 65535``."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import inspect


def describe_type(kind: Any) -> str:
    """What a value of this type looks like, for people."""
    return _describe(inspect.type_info(kind))


def _describe(info: inspect.Type) -> str:
    match info:
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return f"a whole number{_bounds(info)}"
        case inspect.FloatType():
            return f"a number{_bounds(info)}"
        case inspect.StrType():
            return f"text like {info.pattern}" if info.pattern else "text in quotes"
        case inspect.LiteralType():
            return "one of " + ", ".join(f'"{value}"' for value in info.values)
        case inspect.EnumType():
            return "one of " + ", ".join(f'"{member.value}"' for member in info.cls)
        case inspect.UnionType():
            return " or ".join(_describe(kind) for kind in info.types if not isinstance(kind, inspect.NoneType))
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType() | inspect.FrozenSetType():
            return f"a list, each entry {_describe(info.item_type)}"
        case inspect.DictType() | inspect.StructType():
            return "a table"
        case inspect.Metadata():
            return _describe(info.type)
        case _:
            return f"a value of type {msgspec.to_builtins(type(info).__name__)}"


def _bounds(info: inspect.IntType | inspect.FloatType) -> str:
    low = info.ge if info.ge is not None else info.gt
    high = info.le if info.le is not None else info.lt
    above = "above " if info.ge is None and info.gt is not None else ""
    below = "below " if info.le is None and info.lt is not None else ""
    if low is not None and high is not None and not above and not below:
        return f" from {low} to {high}"
    if low is not None and high is not None:
        return f" {above or 'from '}{low} and {below or 'up to '}{high}"
    if low is not None:
        return f" {above}{low}" if above else f" of at least {low}"
    if high is not None:
        return f" {below}{high}" if below else f" of at most {high}"
    return ""
