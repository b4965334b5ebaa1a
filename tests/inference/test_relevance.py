"""Which lines have to do with what was said."""

import pytest

from agora.inference.context import Line, SharedContext, Task
from agora.inference.relevance import is_beside, list_offered

SHARED = SharedContext(
    community="Village",
    channel="general",
    topic="The garden",
    language="en",
    lines=(Line("Ada", "The wells ran dry"), Line("Kofi", "Who cleans them?"), Line("Ada", "I do"), Line("Kofi", "And the pumps?")),
)
REPLY = Task("reply", target="Kofi")


def test_offered_are_the_telling_words_of_the_last_three_messages_and_the_topic_but_no_names() -> None:
    assert list_offered(SHARED, REPLY) == {"cleans", "pumps", "garden"}


@pytest.mark.parametrize(("text", "beside"), [
    ("The pumps are fine, Kofi.", False),
    ("Pumps? Fine!", False),
    ("The garden, then.", False),
    ("I like the cups, Kofi.", True),
    ("", True),
])  # fmt: skip
def test_a_line_is_beside_the_matter_when_it_shares_no_telling_word(text: str, beside: bool) -> None:
    assert is_beside(text, SHARED, REPLY, "starter") is beside


def test_where_nothing_is_offered_nothing_is_beside_it_and_a_large_model_is_never_judged() -> None:
    bare = SharedContext(community="Village", channel="general", topic="", language="en", lines=(Line("Kofi", "Hello"),))
    assert not list_offered(bare, REPLY)
    assert not is_beside("Hello, Kofi.", bare, REPLY, "starter")
    assert not is_beside("I like the cups, Kofi.", SHARED, REPLY, "chat")


def test_a_task_that_names_its_matter_offers_it() -> None:
    assert not is_beside("Rivers!", SHARED, Task("open", about="rivers"), "starter")
