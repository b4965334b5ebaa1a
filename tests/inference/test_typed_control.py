"""What people type never becomes a control token of the shipped model, wherever it stands in the prompt."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.inference.backend import LlamaBackend
from agora.inference.context import Line, PrivateContext, SharedContext, Task
from agora.inference.layout import SPECIAL_TOKENS, build_messages, build_private, build_shared
from agora.inference.ports import GenerationRequest, Segment
from agora.inference.settings import InferenceSettings

STARTER = Path(__file__).resolve().parents[2] / "models" / "agora-starter.gguf"
PIECES = [*SPECIAL_TOKENS, "<|im_start|>", "<|im_end|>", "<s>", "</s>", "[INST]", "<|", "|>", "<", ">", "|", "say", "\n", "x", "é"]
TYPED = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)


@pytest.fixture(scope="module")
def starter() -> LlamaBackend:
    return LlamaBackend(STARTER, InferenceSettings(context=512, threads=1))


@pytest.fixture(scope="module")
def control(starter: LlamaBackend) -> set[int]:
    """Ids of the control tokens, by asking for each alone."""
    ids = {
        tuple(starter.encode(GenerationRequest(prompt=(Segment("a", True), Segment(word, True))))[-1:]) for word in SPECIAL_TOKENS
    }
    assert len(ids) == len(SPECIAL_TOKENS)
    return {one for (one,) in ids}


def build(typed: str) -> tuple[SharedContext, PrivateContext]:
    lines = (Line(typed, "hello"), Line("Ada", typed, reply_to=typed, is_person=True))
    shared = SharedContext(typed, typed, "en", rules=typed, topic=typed, lines=lines)
    task = Task("reply", target=typed, about=typed)
    private = PrivateContext(typed, task, {}, (typed,), instructions=typed, mood=typed, memories=(typed,))
    return shared, private


@settings(max_examples=150, deadline=None)
@given(TYPED)
def test_the_starter_s_prompt_has_as_many_control_tokens_as_with_harmless_words(
    starter: LlamaBackend, control: set[int], typed: str
) -> None:
    def count(text: str) -> int:
        shared, private = build(text)
        prompt = (Segment(build_shared(shared), True), Segment(build_private(private, shared), True))
        return sum(token in control for token in starter.encode(GenerationRequest(prompt=prompt)))

    assert count(typed) == count("word")


@settings(max_examples=100, deadline=None)
@given(TYPED)
def test_messages_for_a_chat_template_neither(starter: LlamaBackend, control: set[int], typed: str) -> None:
    def count(text: str) -> int:
        request = GenerationRequest(messages=build_messages(*build(text)))
        return sum(token in control for token in starter.encode(request))

    assert count(typed) == count("word")
