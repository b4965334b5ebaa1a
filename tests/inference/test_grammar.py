"""JSON Schema to GBNF: what the grammar lets a model write parses and is valid; what cannot be kept is refused."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora.inference.errors import BadRequestToModel
from agora.inference.grammar import any_json_object, compile_json_schema
from agora.inference.grammar_choice import are_disjoint
from agora.inference.ports import Engine, GenerationRequest, GenerationResult, Sampler, complete, text_prompt
from agora.inference.whole_characters import WholeCharacters
from tests.inference.conftest import OpenEngine

# A random model at a high temperature: the grammar alone decides what is written.
WILD = Sampler(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0)
NAMES = ("a", "été", 'quo"te', "back\\slash", "two words", "naïve\n")


async def write(engine: Engine, schema: Any, seed: int, most: int = 1500) -> GenerationResult:
    request = GenerationRequest(
        prompt=text_prompt("x"), grammar=compile_json_schema(schema), sampler=WILD, seed=seed, max_tokens=most
    )
    return await complete(engine, request)


def texts() -> st.SearchStrategy[dict[str, Any]]:
    """Short strings, so that every text ends soon."""
    bounds = st.tuples(st.integers(0, 3), st.integers(0, 5))
    return bounds.map(lambda pair: {"type": "string", "minLength": pair[0], "maxLength": sum(pair)})


def leaves() -> st.SearchStrategy[Any]:
    ranges = st.tuples(st.integers(-50, 50), st.integers(0, 40)).map(
        lambda pair: {"type": "integer", "minimum": pair[0], "maximum": sum(pair)}
    )
    values = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(NAMES))
    return st.one_of(
        texts(),
        ranges,
        st.sampled_from([{"type": one} for one in ("integer", "number", "boolean", "null")]),
        st.just({"type": "integer", "minimum": 1}),
        st.just({"type": ["boolean", "null"], "title": "a note"}),
        values.map(lambda value: {"const": value}),
        st.lists(values, min_size=1, max_size=3).map(lambda listed: {"enum": listed}),
    )


def branches(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    arrays = st.tuples(inner, st.integers(0, 2), st.integers(0, 2)).map(
        lambda three: {"type": "array", "items": three[0], "minItems": three[1], "maxItems": three[1] + three[2]}
    )
    objects = st.dictionaries(st.sampled_from(NAMES), st.tuples(inner, st.booleans()), max_size=4).map(
        lambda properties: {
            "type": "object",
            "properties": {name: schema for name, (schema, _) in properties.items()},
            "required": [name for name, (_, needed) in properties.items() if needed],
            "additionalProperties": False,
        }
    )
    return st.one_of(arrays, objects, st.lists(inner, min_size=1, max_size=3).map(lambda choices: {"anyOf": choices}))


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schema=st.recursive(leaves(), branches, max_leaves=6), seed=st.integers(0, 1000))
async def test_what_a_grammar_lets_through_is_valid(open_engine: OpenEngine, schema: Any, seed: int) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    engine = OPENED.get("engine") or OPENED.setdefault("engine", await open_engine())
    result = await write(engine, schema, seed)
    assert result.finish == "stop", result.text
    jsonschema.validate(json.loads(result.text), schema)


OPENED: dict[str, Engine] = {}


@pytest.fixture(autouse=True)
def forget_engines() -> Any:
    """An engine lives as long as its test's event loop."""
    OPENED.clear()
    yield
    OPENED.clear()


TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "maxLength": 4},
                "left": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                "kind": {"allOf": [{"$ref": "#/$defs/kind"}]},
            },
            "required": ["name", "kind"],
            "additionalProperties": False,
        },
        "kind": {"enum": ["leaf", "branch"]},
    },
}


async def test_recursive_schemas(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    depths = set()
    for seed in range(30):
        result = await write(engine, TREE, seed)
        assert result.finish == "stop"
        value = json.loads(result.text)
        jsonschema.validate(value, TREE)
        depths.add(result.text.count("name"))
    assert len(depths) > 1


ONE_OF = {
    "oneOf": [
        {"type": "object", "properties": {"kind": {"const": "a"}, "n": {"type": "boolean"}}, "required": ["kind"]},
        {"type": "object", "properties": {"kind": {"const": "b"}}, "required": ["kind"]},
        {"type": "object", "properties": {"name": {"type": "null"}}, "required": ["name"]},
        {"type": "boolean"},
        {"enum": ["x", 3]},
    ]
}


async def test_one_of_with_alternatives_that_exclude_each_other(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    kinds = set()
    for seed in range(60):
        value = json.loads((await write(engine, ONE_OF, seed)).text)
        jsonschema.validate(value, ONE_OF)
        kinds.add(json.dumps(value, sort_keys=True))
    assert len(kinds) >= 5


async def test_maps_and_free_objects(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    schema = {"type": "object", "additionalProperties": {"type": "integer"}}
    whole = 0
    for seed in range(20):
        result = await write(engine, schema, seed)
        if result.finish == "stop":
            whole += 1
            jsonschema.validate(json.loads(result.text), schema)
    assert whole >= 5
    free = GenerationRequest(prompt=text_prompt("x"), grammar=any_json_object(), sampler=WILD, seed=3, max_tokens=60)
    assert (await complete(engine, free)).text.startswith("{")


async def test_strings_are_whole_characters(open_engine: OpenEngine) -> None:
    """Byte tokens drawn at random would break characters, and could swallow the closing quotation mark."""
    engine = await open_engine()
    schema = {"type": "string", "minLength": 40, "maxLength": 40}
    seen = set()
    for seed in range(20):
        value = json.loads((await write(engine, schema, seed)).text)
        assert len(value) == 40
        assert "\ufffd" not in value
        seen.update(value)
    assert any(ord(letter) > 0xFFFF for letter in seen)
    assert any(0x7F < ord(letter) < 0x800 for letter in seen)


def test_only_tokens_that_complete_a_character_follow_its_beginning() -> None:
    pieces = [b"a", b"\xc3", b"\xa9", b"\xa9\xc3", b"\xa9\xff", b"", b"\xed", b"\xa0", b"\xff"]
    characters = WholeCharacters(pieces.__getitem__, len(pieces))
    assert [n for n, broken in enumerate(characters.broken(b"")) if not broken] == [0, 1, 5, 6]
    assert [n for n, broken in enumerate(characters.broken(b"\xc3")) if not broken] == [2, 3, 7]
    assert list(characters.broken(b"\xed")).count(False) == 0  # neither a surrogate nor a letter
    assert characters.follow(b"", 1) == b"\xc3"
    assert characters.follow(b"\xc3", 3) == b"\xc3"
    assert characters.follow(b"\xc3", 2) == b""


REFUSED = [
    ({"type": "string", "pattern": "a+"}, "pattern is not supported"),
    ({"type": "array", "items": {"type": "string", "format": "date"}}, "#/items: format"),
    ({"type": "string", "minItems": 1}, "minItems is not supported for this type"),
    ({"type": "number", "minimum": 0}, "minimum is not supported for this type"),
    ({"type": "integer", "minimum": 5}, "supported together"),
    ({"type": "integer", "minimum": 5, "maximum": 4}, "above maximum"),
    ({"type": "array", "minItems": 3, "maxItems": 2}, "leave nothing"),
    ({"enum": []}, "no value is left"),
    ({"type": "string", "enum": [1, 2]}, "no value is left"),
    ({"const": "a", "maxLength": 3}, "beside const"),
    ({"type": "date"}, "is not a type"),
    ({"$ref": "#/$defs/none"}, "names nothing"),
    ({"$ref": "http://example.org/schema"}, "does not point into this schema"),
    ({"anyOf": [{"type": "null"}], "maxLength": 3}, "beside anyOf"),
    ({"anyOf": []}, "is a list of schemas"),
    ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "two schemas of oneOf"),
    ({"allOf": [{"type": "null"}, {"type": "null"}]}, "several schemas"),
    ({"type": "object", "properties": {}, "required": ["a"], "additionalProperties": False}, "may not be there"),
    ({"type": "object", "properties": {"a": False}}, "#/properties/a: nothing is valid"),
    ({"not": {"type": "null"}}, "not is not supported"),
    ("string", "a schema is an object"),
]


@pytest.mark.parametrize(("schema", "reason"), REFUSED)
def test_what_cannot_be_kept_is_refused_with_its_place(schema: Any, reason: str) -> None:
    with pytest.raises(BadRequestToModel) as refused:
        compile_json_schema(schema)
    assert reason in refused.value.message


def test_schemas_nested_without_end_are_refused() -> None:
    schema: dict[str, Any] = {"type": "null"}
    for _ in range(60):
        schema = {"type": "array", "items": schema}
    with pytest.raises(BadRequestToModel, match="nested deeper"):
        compile_json_schema(schema)


def chain(length: int) -> dict[str, Any]:
    inner = {str(n): {"type": "array", "items": {"$ref": f"#/$defs/{n + 1}"}} for n in range(length)}
    return {"$ref": "#/$defs/0", "$defs": {**inner, str(length): {"type": "null"}}}


TOO_MUCH = [
    ({"enum": ["x" * 70_000]}, "longer than"),
    (chain(600), "nested too deeply"),
    ({"oneOf": [{"const": n} for n in range(200)]}, "more than 100 schemas"),
    ({"type": "object", "properties": {str(n): {"type": "string", "maxLength": n} for n in range(900)}}, "together"),
    ({"type": "object", "properties": {str(n): {"type": "array", "maxItems": 900} for n in range(90)}}, "together"),
    ({"anyOf": [{"type": "integer", "minimum": n * 1000, "maximum": n * 1000 + 999} for n in range(90)]}, "together"),
]


@pytest.mark.parametrize(("schema", "reason"), TOO_MUCH)
def test_a_schema_that_would_cost_too_much_is_refused(schema: Any, reason: str) -> None:
    with pytest.raises(BadRequestToModel, match=reason):
        compile_json_schema(schema)


async def test_a_schema_that_is_only_itself_is_refused(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    with pytest.raises(BadRequestToModel):
        await write(engine, {"$ref": "#"}, 1)


def test_disjoint_says_no_when_unsure() -> None:
    assert not are_disjoint({}, {"type": "string"})
    assert not are_disjoint({"type": "object"}, {"type": "object"})
    assert not are_disjoint({"const": 1}, {"enum": [1.0, 2]})
    assert are_disjoint({"const": "1"}, {"enum": [1, 2]})
    assert not are_disjoint(True, {"type": "null"})
