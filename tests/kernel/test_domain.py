"""Domains are ordered by what they use; mistakes are named."""

import pytest

from agora.kernel.domain import Domain, every
from agora.kernel.domain import _in_order as in_order
from agora.kernel.errors import SetupError


def domain(name: str, *uses: str) -> Domain:
    return Domain(name=name, uses=uses)


def test_a_domain_comes_after_those_it_uses() -> None:
    found = {d.name: d for d in (domain("c", "a", "b"), domain("b", "a"), domain("a"), domain("d"))}
    names = [d.name for d in in_order(found)]
    assert names.index("a") < names.index("b") < names.index("c")
    assert sorted(names) == ["a", "b", "c", "d"]


def test_a_circle_is_named() -> None:
    found = {d.name: d for d in (domain("a", "b"), domain("b", "a"))}
    with pytest.raises(SetupError, match=r"circle: .*a.*b"):
        in_order(found)


def test_an_unknown_domain_is_named() -> None:
    with pytest.raises(SetupError, match=r"'a' uses 'zoo'"):
        in_order({"a": domain("a", "zoo")})


def test_periods() -> None:
    async def job(ctx: object) -> None:
        """Nothing."""

    assert every("90s", job).period_ms == 90_000
    assert every("2h", job).period_ms == 7_200_000
