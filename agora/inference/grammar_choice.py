"""Whether two JSON schemas have no value in common, as far as that can be seen: `oneOf` is only kept where they have none."""

import json
from collections.abc import Mapping
from typing import Any

JSON_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")


def fits_type(value: Any, kind: str) -> bool:
    """Whether a JSON value is of a JSON Schema type; 1.0 is an integer there."""
    match kind:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "integer":
            return not isinstance(value, bool) and isinstance(value, int | float) and value == int(value)
        case _:
            return not isinstance(value, bool) and isinstance(value, int | float)


def are_disjoint(one: Any, other: Any) -> bool:
    """True only where surely nothing that the grammar writes for either schema is valid for the other too."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    if _list_values(one) is not None or _list_values(other) is not None:
        return _differ(one, other) or _differ(other, one)
    left, right = _list_types(one), _list_types(other)
    if left and right and not left & right:
        return True
    return left == right == {"object"} and _objects_differ(one, other)


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """No listed value of `one` is valid for `other`."""
    values, others = _list_values(one), _list_values(other)
    if values is None:
        return False
    if others is not None:
        return not {_key(value) for value in values} & {_key(value) for value in others}
    types = _list_types(other)
    return bool(types) and not any(fits_type(value, kind) for value in values for kind in types)


def _objects_differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """A property that both require tells them apart, or each requires one that the other never writes."""
    mine, theirs = one.get("properties"), other.get("properties")
    if not isinstance(mine, Mapping) or not isinstance(theirs, Mapping):
        return False
    need, needed = set(one.get("required", ())), set(other.get("required", ()))
    if any(name in mine and name in theirs and are_disjoint(mine[name], theirs[name]) for name in need & needed):
        return True
    return bool(need - theirs.keys() - needed) and bool(needed - mine.keys() - need)


def _list_values(schema: Mapping[str, Any]) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return values if isinstance(values, list) else None


def _list_types(schema: Mapping[str, Any]) -> set[str]:
    """The types a schema names, an integer being a number too; empty when it names none."""
    given = schema.get("type", [])
    types = {one for one in (given if isinstance(given, list) else [given]) if isinstance(one, str)}
    return types | {"number"} if "integer" in types else types


def _key(value: Any) -> str:
    """Equal for values that JSON Schema takes for equal, such as 1 and 1.0."""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return json.dumps(value, sort_keys=True)
