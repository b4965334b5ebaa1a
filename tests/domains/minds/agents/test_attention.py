"""Who attends to a message."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agora.domains.minds.agents.agent import Traits, TurnClass
from agora.domains.minds.agents.attention import Ear, Heard, Notice, Policy, decide, likelihood, roll
from agora.domains.minds.agents.words import list_words

PERSON = 1
KOFI = Ear(agent_id=10, user_id=110, name="Kofi", traits=Traits(extraversion=0.9, openness=0.9), interests=("wood", "tools"))
MAELLE = Ear(agent_id=11, user_id=111, name="Maëlle", traits=Traits(extraversion=0.2), interests=("music",))
YUNA = Ear(agent_id=12, user_id=112, name="Yuna")
EARS = (KOFI, MAELLE, YUNA)


def heard(text: str = "hello", **fields: Any) -> Heard:
    """A person's message unless told otherwise."""
    return Heard(**({"event_id": 5, "author_id": PERSON, "by_agent": False, "text": text} | fields))


def who(notices: list[Notice]) -> list[int]:
    """The agents of some notices."""
    return [notice.agent_id for notice in notices]


def test_a_person_who_mentions_an_agent_is_answered_by_it_alone() -> None:
    notices = decide(heard("<@111> what do you think?", mentions=frozenset({111})), EARS, Policy())
    assert [(n.agent_id, n.urgency, n.reason) for n in notices] == [(11, TurnClass.WAITING_PERSON, "mention")]


def test_a_name_addresses_whatever_its_accents_and_capitals() -> None:
    assert who(decide(heard("MAELLE, are you there"), EARS, Policy())) == [11]
    assert who(decide(heard("salut maëlle !"), EARS, Policy())) == [11]


def test_a_name_inside_another_word_addresses_nobody() -> None:
    (notice,) = decide(heard("yunabomber is a film"), (YUNA,), Policy(crowd=0))
    assert notice.reason == "nobody else"


def test_a_reply_and_a_direct_message_address() -> None:
    assert decide(heard("yes", reply_author=112), EARS, Policy())[0].reason == "reply"
    assert decide(heard("yes", parties=frozenset({112})), (YUNA,), Policy())[0].reason == "direct"


def test_a_person_whom_nobody_was_asked_to_answer_finds_one_agent_at_least() -> None:
    tired = tuple(Ear(agent_id=e.agent_id, user_id=e.user_id, name=e.name, energy=0.0) for e in EARS)
    for event_id in range(200):
        assert len(decide(heard("good morning", event_id=event_id), tired, Policy())) == 1


def test_people_who_talk_to_each_other_are_not_served() -> None:
    for event_id in range(200):
        notices = decide(heard("see you", event_id=event_id, mentions=frozenset({2})), EARS, Policy(crowd=0))
        assert notices == []


def test_interests_make_an_agent_join_more_often() -> None:
    def joined(text: str) -> int:
        return sum(10 in who(decide(heard(text, event_id=i, by_agent=True, depth=1), EARS, Policy())) for i in range(400))

    assert joined("which tools for this wood") > 2 * joined("it rains again today")


def test_a_conversation_that_an_agent_opens_finds_somebody_awake() -> None:
    for event_id in range(100):
        opening = heard("good morning", event_id=event_id, author_id=112, by_agent=True, opens=True, depth=1)
        assert len(decide(opening, EARS, Policy())) == 1
    tired = tuple(Ear(agent_id=e.agent_id, user_id=e.user_id, name=e.name, energy=0.0) for e in EARS)
    assert decide(heard("good morning", author_id=112, by_agent=True, opens=True, depth=1), tired, Policy()) == []


def test_who_was_answered_is_drawn_in_more_than_others() -> None:
    def joined(answers: int | None) -> int:
        said = (heard("I see", event_id=i, author_id=110, by_agent=True, depth=2, answers=answers) for i in range(400))
        return sum(12 in who(decide(message, EARS, Policy())) for message in said)

    assert joined(112) > 2 * joined(None)


def test_who_sleeps_only_notes_what_people_say_to_it() -> None:
    asleep = tuple(Ear(agent_id=e.agent_id, user_id=e.user_id, name=e.name, awake=False) for e in EARS)
    assert who(decide(heard("Kofi?"), asleep, Policy())) == [10]
    assert decide(heard("anyone?"), asleep, Policy()) == []
    assert decide(heard("Kofi?", by_agent=True, author_id=111, depth=1), asleep, Policy()) == []


EAR = st.builds(
    Ear,
    agent_id=st.integers(1, 9),
    user_id=st.integers(100, 110),
    name=st.sampled_from(["Ada", "Li", "Noor"]),
    traits=st.builds(Traits, *(st.floats(0, 1) for _ in range(5))),
    interests=st.lists(st.sampled_from(["rain", "bread", "trains"]), max_size=3).map(tuple),
    energy=st.floats(0, 1),
    rested_ms=st.none() | st.integers(0, 100_000),
)
EARS_ = st.lists(EAR, max_size=6, unique_by=(lambda e: e.agent_id, lambda e: e.user_id))


@given(EARS_, st.integers(0, 12), st.integers(), st.text(max_size=40), st.booleans())
@settings(max_examples=120)
def test_decisions_repeat_and_keep_their_limits(ears: list[Ear], depth: int, event_id: int, text: str, by_agent: bool) -> None:
    message = heard(text, event_id=event_id, depth=depth, by_agent=by_agent, author_id=100)
    notices = decide(message, ears, Policy(max_depth=6))
    assert notices == decide(message, ears, Policy(max_depth=6))
    assert len(set(who(notices))) == len(notices)
    assert all(ear.user_id != 100 for ear in ears if ear.agent_id in who(notices))
    if depth >= 6:
        assert notices == []
    if by_agent:
        assert sum(n.reason == "interest" for n in notices) <= 1
        assert all(n.urgency != TurnClass.WAITING_PERSON for n in notices)


@given(EAR, st.integers(0, 8), st.text(max_size=30))
def test_distance_from_a_person_never_makes_joining_likelier(ear: Ear, depth: int, text: str) -> None:
    words = list_words(text)
    near, far = heard(text, depth=depth), heard(text, depth=depth + 1)
    assert 0 <= likelihood(far, ear, words, Policy()) <= likelihood(near, ear, words, Policy()) <= 1


@given(st.integers(), st.integers(), st.integers())
def test_a_roll_is_a_fraction_and_repeats(seed: int, event: int, agent: int) -> None:
    assert 0 <= roll(seed, event, agent) < 1
    assert roll(seed, event, agent) == roll(seed, event, agent)
