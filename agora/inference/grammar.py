"""From a JSON Schema to GBNF, llama.cpp's grammar: whatever the grammar lets through is valid for the schema.

It may let through less than the schema does (properties in their order, one way of writing spaces, long texts cut), never
more; a keyword whose meaning it could not keep is refused with its place. Grammar format:
https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md; keywords: JSON Schema draft 2020-12.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from agora.inference.errors import BadRequestToModel
from agora.inference.grammar_choice import JSON_TYPES, are_disjoint, fits_type

LONGEST_REPEAT = 1000
"""Characters of one string and items of one array at most: llama.cpp writes every repetition out as rules."""
WIDEST_RANGE = 1000
"""Integers between `minimum` and `maximum` are listed, so there may be so many."""
DEEPEST = 32
"""Schemas within schemas, references aside."""
LONGEST_SCHEMA = 65_536
"""Characters of a schema."""
MOST_CHOICES = 100
"""Schemas of one `oneOf`: each is compared with every other."""
MOST_WORK = 50_000
"""Repetitions and listed values of a whole grammar: llama.cpp holds each of them in memory."""

_PLAIN = {
    "object": '"{" (pair ("," ws pair)*)? "}"',
    "array": '"[" (value ("," ws value)*)? "]"',
    "pair": 'string ":" ws value',
    "value": "object | array | string | number | boolean | null",
    "string": '"\\"" char* "\\""',
    # no lone surrogates: half a character is not text
    "char": r'[^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" ([0-9abcefABCEF] hex hex hex | [dD] [0-7] hex hex))',
    "hex": "[0-9a-fA-F]",
    "integer": '"-"? natural',
    "natural": '"0" | [1-9] [0-9]{0,14}',
    "number": '"-"? natural ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
    "ws": '" "?',
}
_USES = {
    "object": ("pair", "ws"),
    "array": ("value", "ws"),
    "pair": ("string", "ws", "value"),
    "value": ("object", "array", "string", "number", "boolean", "null"),
    "string": ("char",),
    "char": ("hex",),
    "integer": ("natural",),
    "number": ("natural",),
}
_NOTES = frozenset(
    {"title", "description", "default", "examples", "example", "$schema", "$id", "$comment", "$anchor", "$defs", "definitions"}
    | {"deprecated", "readOnly", "writeOnly", "discriminator", "strict"}
)
_KEYWORDS = {
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "string": frozenset({"minLength", "maxLength"}),
    "integer": frozenset({"minimum", "maximum"}),
}
_ALL_KEYWORDS: frozenset[str] = frozenset().union(*_KEYWORDS.values())

Schema = Any  # a mapping, true or false; anything else is refused


def compile_json_schema(schema: Schema) -> str:
    """The GBNF text with the rule `root`. Raises BadRequestToModel that names the keyword and its place in the schema."""
    try:
        if len(_write(schema)) > LONGEST_SCHEMA:
            raise BadRequestToModel(f"The JSON schema is longer than {LONGEST_SCHEMA} characters.")
        return _Compiler(schema).compile()
    except RecursionError:
        raise BadRequestToModel("The JSON schema is nested too deeply.") from None


def any_json_object() -> str:
    """The grammar of any JSON object."""
    return compile_json_schema({"type": "object"})


class _Compiler:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._rules: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._count = 0
        self._work = 0

    def compile(self) -> str:
        root = self._visit(self._schema, "#", 0)
        return "\n".join([f"root ::= {root}", *(f"{name} ::= {body}" for name, body in self._rules.items())]) + "\n"

    def _visit(self, schema: Schema, at: str, depth: int) -> str:
        """An expression for one schema, one symbol or in brackets."""
        if depth > DEEPEST:
            raise _refuse(at, f"schemas are nested deeper than {DEEPEST}; name the inner ones in $defs")
        if schema is False:
            raise _refuse(at, "nothing is valid here")
        if schema is True:
            return self._plain("value")
        if not isinstance(schema, Mapping):
            raise _refuse(at, "a schema is an object, true or false")
        words = {word: value for word, value in schema.items() if word not in _NOTES and not word.startswith("x-")}
        if "$ref" in words:
            return self._reference(_only(words, "$ref", at), at)
        for word in ("anyOf", "oneOf", "allOf"):
            if word in words:
                return self._combine(word, words, at, depth)
        if "const" in words or "enum" in words:
            return self._list_values(words, at)
        return self._by_type(words, at, depth)

    # references and choices

    def _reference(self, target: Any, at: str) -> str:
        if not isinstance(target, str) or not (target == "#" or target.startswith("#/")):
            raise _refuse(at, f"$ref {target!r} does not point into this schema")
        if target not in self._names:
            self._names[target] = name = self._name("ref")
            self._rules[name] = self._visit(self.find(target, at), target, 0)
        return self._names[target]

    def find(self, target: str, at: str) -> Schema:
        """The schema that a reference within the document names (RFC 6901)."""
        found: Any = self._schema
        for part in target.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping) and key in found:
                found = found[key]
            elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
                found = found[int(key)]
            else:
                raise _refuse(at, f"$ref {target!r} names nothing")
        return found

    def _combine(self, word: str, words: Mapping[str, Any], at: str, depth: int) -> str:
        choices = _only(words, word, at)
        if not isinstance(choices, list) or not choices:
            raise _refuse(at, f"{word} is a list of schemas")
        if word == "allOf" and len(choices) > 1:
            raise _refuse(at, "allOf with several schemas is not supported; write them as one")
        if word == "oneOf":
            self._check_disjoint(choices, at)
        return _either([self._visit(choice, f"{at}/{word}/{n}", depth + 1) for n, choice in enumerate(choices)])

    def _check_disjoint(self, choices: Sequence[Schema], at: str) -> None:
        if len(choices) > MOST_CHOICES:
            raise _refuse(at, f"oneOf has more than {MOST_CHOICES} schemas; use anyOf")
        opened = [self._open(choice, at) for choice in choices]
        for n, one in enumerate(opened):
            if not all(are_disjoint(one, other) for other in opened[n + 1 :]):
                raise _refuse(at, "a value could be valid for two schemas of oneOf; use anyOf, or a constant that tells them apart")

    def _open(self, schema: Schema, at: str, hops: int = 0) -> Schema:
        """What a reference stands for."""
        if isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str) and hops < DEEPEST:
            return self._open(self.find(schema["$ref"], at), at, hops + 1)
        return schema

    def _list_values(self, words: Mapping[str, Any], at: str) -> str:
        for word in words:
            if word not in ("const", "enum", "type"):
                raise _refuse(at, f"{word} beside const or enum is not supported")
        values = words["enum"] if "enum" in words else [words["const"]]
        if not isinstance(values, list):
            raise _refuse(at, "enum is a list of values")
        if "const" in words:
            values = [value for value in values if _write(value) == _write(words["const"])]
        if "type" in words:
            types = _read_types(words["type"], at)
            values = [value for value in values if any(fits_type(value, one) for one in types)]
        if not values:
            raise _refuse(at, "no value is left that would be valid")
        self._spend(len(values), at)
        return _either([_literal(_write(value)) for value in values])

    # types

    def _by_type(self, words: Mapping[str, Any], at: str, depth: int) -> str:
        types = _read_types(words["type"], at) if "type" in words else _guess_types(words)
        known = frozenset({"type"}).union(*(_KEYWORDS.get(one, frozenset()) for one in types or JSON_TYPES))
        for word in words:
            if word not in known:
                kind = "for this type " if word in _ALL_KEYWORDS else ""
                raise _refuse(at, f"{word} is not supported {kind}".rstrip())
        if not types:
            return self._plain("value")
        return _either([self._one_type(one, words, at, depth) for one in types])

    def _one_type(self, kind: str, words: Mapping[str, Any], at: str, depth: int) -> str:
        match kind:
            case "object":
                return self._object(words, at, depth)
            case "array":
                return self._array(words, at, depth)
            case "string":
                return self._string(words, at)
            case "integer":
                return self._integer(words, at)
            case _:
                return self._plain(kind)

    def _string(self, words: Mapping[str, Any], at: str) -> str:
        low, high = _read_bounds(words, "minLength", "maxLength", at)
        if (low, high) == (0, None):
            return self._plain("string")
        key = f"string {low} {high}"
        if key not in self._names:
            self._spend(low if high is None else high, at)
            self._names[key] = self._rule("string", f'"\\"" {self._plain("char")}{_times(low, high)} "\\""')
        return self._names[key]

    def _integer(self, words: Mapping[str, Any], at: str) -> str:
        low, high = (_read_integer(words, word, at) for word in ("minimum", "maximum"))
        if low is None and high is None:
            return self._plain("integer")
        if low is not None and high is not None:
            if low > high:
                raise _refuse(at, "minimum is above maximum")
            if high - low >= WIDEST_RANGE:
                raise _refuse(at, f"minimum and maximum leave more than {WIDEST_RANGE} integers")
            self._spend(high - low, at)
            return _either([_literal(str(number)) for number in range(low, high + 1)])
        if low == 0:
            return self._plain("natural")
        if low == 1:
            return "([1-9] [0-9]{0,14})"
        raise _refuse(at, "minimum and maximum are supported together, or a minimum of 0 or 1 alone")

    def _array(self, words: Mapping[str, Any], at: str, depth: int) -> str:
        low, high = _read_bounds(words, "minItems", "maxItems", at)
        if high == 0:
            return '"[]"'
        self._spend(low if high is None else high, at)
        item = self._rule("item", self._visit(words.get("items", True), f"{at}/items", depth + 1))
        more = f'("," {self._plain("ws")} {item}){_times(max(0, low - 1), None if high is None else high - 1)}'
        inner = f"{item} {more}"
        return f'"[" {inner} "]"' if low else f'"[" ({inner})? "]"'

    def _object(self, words: Mapping[str, Any], at: str, depth: int) -> str:
        properties, required, others = _read_object(words, at)
        if not properties:
            if others is False or ("properties" in words and others is None):
                return '"{}"'
            if others is None or others is True:
                return self._plain("object")
            value = self._visit(others, f"{at}/additionalProperties", depth + 1)
            pair = self._rule("entry", f'{self._plain("string")} ":" {self._plain("ws")} {value}')
            return f'"{{" ({pair} ("," {self._plain("ws")} {pair})*)? "}}"'
        pairs = []
        for name, schema in properties.items():
            value = self._visit(schema, f"{at}/properties/{name}", depth + 1)
            pairs.append((self._rule("member", f"{_literal(_write(name) + ':')} {self._plain('ws')} {value}"), name in required))
        return f'"{{" {self._members(pairs)} "}}"'

    def _members(self, pairs: Sequence[tuple[str, bool]]) -> str:
        """The members in order: any of those before the first required one may be the first that is written."""
        comma = f'"," {self._plain("ws")}'
        rest = [f"{comma} {pair}" if needed else f"({comma} {pair})?" for pair, needed in pairs]
        tails = [""] * len(pairs)
        for n in range(len(pairs) - 2, -1, -1):
            tails[n] = self._rule("tail", f"{rest[n + 1]} {tails[n + 1]}".strip())
        starts = []
        for n, (pair, needed) in enumerate(pairs):
            starts.append(f"{pair} {tails[n]}".strip())
            if needed:
                return _either(starts)
        return f"({' | '.join(starts)})?"

    # rules

    def _name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}-{self._count}"

    def _rule(self, stem: str, body: str) -> str:
        name = self._name(stem)
        self._rules[name] = body
        return name

    def _spend(self, work: int, at: str) -> None:
        self._work += work
        if self._work > MOST_WORK:
            raise _refuse(at, f"the lengths and values of all its parts are more than {MOST_WORK} together")

    def _plain(self, name: str) -> str:
        if name not in self._rules:
            self._rules[name] = _PLAIN[name]
            for other in _USES.get(name, ()):
                self._plain(other)
        return name


def _read_types(given: Any, at: str) -> list[str]:
    types = given if isinstance(given, list) else [given]
    for one in types:
        if one not in JSON_TYPES:
            raise _refuse(at, f"{one!r} is not a type of JSON")
    if not types:
        raise _refuse(at, "type names no type")
    return list(dict.fromkeys(types))


def _guess_types(words: Mapping[str, Any]) -> list[str]:
    """The type whose keywords are used; none for a schema without any."""
    return [kind for kind, known in _KEYWORDS.items() if known & words.keys()][:1]


def _read_object(words: Mapping[str, Any], at: str) -> tuple[dict[str, Schema], frozenset[str], Schema | None]:
    """Properties in order, the required names, and what else may be there (None: not said)."""
    properties, required = words.get("properties", {}), words.get("required", [])
    if not isinstance(properties, Mapping) or not all(isinstance(name, str) for name in properties):
        raise _refuse(at, "properties is an object of schemas")
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise _refuse(at, "required is a list of names")
    others = words.get("additionalProperties")
    missing = [name for name in dict.fromkeys(required) if name not in properties]
    if missing and others is False:
        raise _refuse(at, f"{missing[0]!r} is required, but may not be there")
    added = dict.fromkeys(missing, True if others is None else others)
    return {**properties, **added}, frozenset(required), others


def _read_bounds(words: Mapping[str, Any], least: str, most: str, at: str) -> tuple[int, int | None]:
    low, high = _read_integer(words, least, at) or 0, _read_integer(words, most, at)
    if low < 0 or (high is not None and high < low):
        raise _refuse(at, f"{least} and {most} leave nothing that would be valid")
    if low > LONGEST_REPEAT:
        raise _refuse(at, f"{least} is above {LONGEST_REPEAT}")
    return low, None if high is None else min(high, LONGEST_REPEAT)


def _read_integer(words: Mapping[str, Any], word: str, at: str) -> int | None:
    value = words.get(word)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise _refuse(at, f"{word} is {value!r}, not a whole number")
    return int(value)


def _times(low: int, high: int | None) -> str:
    if high is None:
        return "*" if low == 0 else f"{{{low},}}"
    return f"{{{low},{high}}}"


def _only(words: Mapping[str, Any], word: str, at: str) -> Any:
    others = [other for other in words if other != word]
    if others:
        raise _refuse(at, f"{others[0]} beside {word} is not supported")
    return words[word]


def _either(choices: Sequence[str]) -> str:
    return f"({' | '.join(dict.fromkeys(choices))})"


def _write(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BadRequestToModel(f"The JSON schema holds a value that is not JSON: {value!r}.") from error


def _literal(text: str) -> str:
    escaped = re.sub(r'[\\"]', lambda found: "\\" + found.group(0), text)
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found.group(0)):02X}", escaped) + '"'


def _refuse(at: str, reason: str) -> BadRequestToModel:
    return BadRequestToModel(f"The JSON schema cannot be used, at {at}: {reason}.")
