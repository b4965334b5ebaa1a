"""The router: which route a path leads to, with which values, against a plain model of the same rules."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.kernel.errors import SetupError
from agora.kernel.router import Router


def build(*routes: tuple[str, str]) -> Router[str]:
    router: Router[str] = Router()
    for method, path in routes:
        router.add(method, path, f"{method} {path}")
    return router


def test_a_fixed_segment_goes_before_a_regex_and_that_before_a_parameter() -> None:
    router = build(("GET", "/hooks/{id}/{token}"), ("GET", r"/hooks/{id}/{long:in\.[\w-]+}"), ("GET", "/hooks/{id}/slack"))
    assert router.find("GET", "/hooks/7/slack") == ("GET /hooks/{id}/slack", {"id": "7"})
    assert router.find("GET", "/hooks/7/in.a-b") == (r"GET /hooks/{id}/{long:in\.[\w-]+}", {"id": "7", "long": "in.a-b"})
    assert router.find("GET", "/hooks/7/inab") == ("GET /hooks/{id}/{token}", {"id": "7", "token": "inab"})


def test_it_turns_back_when_the_first_way_has_no_end_or_not_this_method() -> None:
    router = build(("GET", "/a/b/{x}"), ("PUT", "/a/{x}/{y}"), ("GET", "/a/{x}/c/d"))
    assert router.find("PUT", "/a/b/c") == ("PUT /a/{x}/{y}", {"x": "b", "y": "c"})
    assert router.find("GET", "/a/b/c/d") == ("GET /a/{x}/c/d", {"x": "b"})
    assert router.list_methods("/a/b/c") == ["GET", "PUT"]
    assert router.list_methods("/a/b") == []


def test_parts_of_a_segment_tails_and_what_stays_encoded() -> None:
    router = build(("GET", "/icons/{id}/{hash}.png"), ("GET", "/files/{name:.+}"), ("GET", "/one/{name}"))
    assert router.find("GET", "/icons/1/ab.c.png") == ("GET /icons/{id}/{hash}.png", {"id": "1", "hash": "ab.c"})
    assert router.find("GET", "/icons/1/.png") is None
    assert router.find("GET", "/files/a/b%2Fc%25") == ("GET /files/{name:.+}", {"name": "a/b/c%"})
    assert router.find("GET", "/files/") is None
    assert router.find("GET", "/one/a%2Fb") == ("GET /one/{name}", {"name": "a/b"})
    assert router.find("GET", "/one/") is None
    assert router.find("GET", "/one/{name}") is None


def test_what_cannot_be_read_is_refused() -> None:
    router = build(("GET", "/a/{x}"))
    with pytest.raises(SetupError, match="Two routes answer GET"):
        router.add("GET", "/a/{y}", "again")
    with pytest.raises(SetupError, match="must begin with a slash"):
        router.add("GET", "a", "x")
    with pytest.raises(SetupError, match="holds no slash"):
        router.add("GET", "/a/{x:b/c}", "x")


SEGMENTS = st.sampled_from(["a", "b", "c", "{x}", "{y}", r"{n:\d+}", "{w}.png"])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
WORDS = st.sampled_from(["a", "b", "d", "7", "p.png", ""])
ASKED = st.lists(WORDS, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


def as_regex(path: str) -> re.Pattern[str]:
    parts = []
    for segment in path.split("/")[1:]:
        if segment == "{w}.png":
            parts.append(r"[^{}/]+\.png")
        elif segment.startswith("{n:"):
            parts.append(r"\d+")
        else:
            parts.append("[^{}/]+" if segment.startswith("{") else re.escape(segment))
    return re.compile("/" + "/".join(parts))


def rank(path: str) -> list[int]:
    """Fixed, then regex, then parameter, decided by the first segment in which two routes differ."""
    kinds = []
    for segment in path.split("/")[1:]:
        kinds.append(0 if "{" not in segment else 2 if segment in ("{x}", "{y}") else 1)
    return kinds


@given(st.lists(PATHS, max_size=8), ASKED)
def test_it_finds_what_trying_every_route_in_order_finds(paths: list[str], asked: str) -> None:
    router: Router[str] = Router()
    taken = []
    for path in paths:
        try:
            router.add("GET", path, path)
        except SetupError:
            continue
        taken.append(path)
    fitting = sorted((rank(path) for path in taken if as_regex(path).fullmatch(asked)), key=lambda kinds: kinds)
    found = router.find("GET", asked)
    assert (found is None) == (not fitting)
    if found is not None:
        assert rank(found[0]) == fitting[0]
        assert as_regex(found[0]).fullmatch(asked)
