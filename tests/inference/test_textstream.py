"""Bytes of tokens become text: nothing is lost, nothing is shown too early."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agora.inference.textstream import TextStream


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in pairwise(edges)]


@given(st.text(), st.lists(st.integers(0, 500)))
def test_text_survives_any_token_borders(text: str, places: list[int]) -> None:
    stream = TextStream(())
    shown = "".join(stream.push(piece) for piece in cut(text.encode(), places)) + stream.flush()
    assert shown == text
    assert "\ufffd" not in shown or "\ufffd" in text


@given(
    st.text(alphabet="abé€", max_size=40),
    st.lists(st.text(alphabet="abé€", min_size=1, max_size=4), min_size=1, max_size=3),
    st.lists(st.integers(0, 500)),
)
def test_the_text_ends_before_the_first_stop_wherever_tokens_are_cut(text: str, stops: list[str], places: list[int]) -> None:
    found = [text.find(stop) for stop in stops if stop in text]
    stream = TextStream(stops)
    shown = ""
    for piece in cut(text.encode(), places):
        shown += stream.push(piece)
        assert text.startswith(shown)
        if stream.stopped:
            break
    shown += stream.flush()
    if not found:
        assert shown == text
        assert not stream.stopped
    else:
        assert stream.stopped
        assert not any(stop in shown for stop in stops)
        assert text.startswith(shown)


@given(st.text(alphabet="abé€", max_size=40), st.text(alphabet="abé€", min_size=1, max_size=4), st.lists(st.integers(0, 99)))
def test_one_stop_cuts_exactly(text: str, stop: str, places: list[int]) -> None:
    stream = TextStream((stop,))
    shown = "".join(stream.push(piece) for piece in cut(text.encode(), places)) + stream.flush()
    assert shown == text.partition(stop)[0]


@given(st.binary(max_size=30))
def test_any_bytes_become_text(data: bytes) -> None:
    stream = TextStream(("x",))
    shown = "".join(stream.push(bytes([byte])) for byte in data) + stream.flush()
    assert shown == data.decode("utf-8", "replace").partition("x")[0]


def test_text_that_may_become_a_stop_waits() -> None:
    stream = TextStream(("\nBob:",))
    assert stream.push(b"hello\nB") == "hello"
    assert stream.push(b"ob") == ""
    assert stream.push(b"by") == "\nBobby"
    assert not stream.stopped
