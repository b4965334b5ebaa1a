"""Which turns run next."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agora.domains.minds.agents.agent import TurnClass
from agora.domains.minds.agents.scheduling import AGING_MS, Served, Waiting, choose

TURN = st.builds(
    Waiting,
    turn_id=st.integers(1, 1_000),
    agent_id=st.integers(1, 6),
    channel_id=st.integers(1, 6),
    guild_id=st.none() | st.integers(1, 3),
    urgency=st.sampled_from(list(TurnClass)),
    since=st.integers(0, 10_000),
    not_before=st.integers(0, 10_000),
)
TURNS = st.lists(TURN, max_size=30, unique_by=lambda turn: turn.turn_id)


def turn(
    turn_id: int, urgency: TurnClass = TurnClass.AMBIENT, *, agent: int = 0, channel: int = 0, guild: int = 1, since: int = 0
) -> Waiting:
    """A turn of its own agent in its own channel unless told otherwise."""
    return Waiting(turn_id, agent or turn_id, channel or turn_id, guild, urgency, since)


@given(TURNS, TURNS, st.integers(1, 6), st.integers(0, 10_000))
@settings(max_examples=120)
def test_choices_keep_the_limits(waiting: list[Waiting], running: list[Waiting], slots: int, now: int) -> None:
    active = {t.turn_id: t for t in running}
    chosen = choose(waiting, active, slots, Served(), now)
    assert len(chosen) <= max(0, slots - len(active))
    assert all(t in waiting and t.not_before <= now and t.turn_id not in active for t in chosen)
    agents = [t.agent_id for t in chosen]
    assert len(set(agents)) == len(agents)
    assert not set(agents) & {t.agent_id for t in running}
    ambient = [t for t in chosen if t.urgency != TurnClass.WAITING_PERSON]
    assert len({t.channel_id for t in ambient}) == len(ambient)
    assert not {t.channel_id for t in ambient} & {t.channel_id for t in running}


@given(TURNS, st.integers(1, 6))
def test_something_runs_when_something_is_due(waiting: list[Waiting], slots: int) -> None:
    chosen = choose(waiting, {}, slots, Served(), 10_000)
    assert bool(chosen) == bool(waiting)


def test_a_person_goes_before_everything() -> None:
    waiting = [turn(1, TurnClass.BACKGROUND), turn(2, TurnClass.MENTION), turn(3, TurnClass.WAITING_PERSON, since=9_000)]
    assert choose(waiting, {}, 1, Served(), 9_000)[0].turn_id == 3


def test_a_slot_stays_free_for_people() -> None:
    crowd = [turn(i) for i in range(1, 10)]
    running = {t.turn_id: t for t in choose(crowd, {}, 4, Served(), 0)}
    assert len(running) == 3
    person = turn(99, TurnClass.WAITING_PERSON)
    assert choose([*crowd, person], running, 4, Served(), 0) == [person]


def test_a_person_is_answered_while_others_talk_in_the_channel() -> None:
    running = {1: turn(1, channel=7)}
    ambient, person = turn(2, channel=7), turn(3, TurnClass.WAITING_PERSON, channel=7)
    assert choose([ambient, person], running, 4, Served(), 0) == [person]


def test_guilds_take_turns_however_much_one_of_them_asks() -> None:
    served = Served()
    loud = [turn(i, guild=1) for i in range(1, 101)]
    quiet = [turn(i, guild=2) for i in range(201, 206)]
    waiting, order = [*loud, *quiet], []
    for _ in range(10):
        (chosen,) = choose(waiting, {}, 1, served, 0)
        served.note(chosen)
        waiting.remove(chosen)
        order.append(chosen.guild_id)
    assert order == [1, 2] * 5


def test_agents_of_a_guild_take_turns() -> None:
    served = Served()
    waiting = [turn(i, agent=1 if i < 50 else 2, channel=i) for i in range(1, 60)]
    order = []
    for _ in range(6):
        (chosen,) = choose(waiting, {}, 1, served, 0)
        served.note(chosen)
        waiting.remove(chosen)
        order.append(chosen.agent_id)
    assert order == [1, 2, 1, 2, 1, 2]


def test_nothing_starves_behind_endless_mentions() -> None:
    served, now, served_at = Served(), 0, None
    waiting = [turn(1, TurnClass.BACKGROUND, guild=1)]
    for round_ in range(2, 400):
        waiting.append(turn(round_, TurnClass.MENTION, guild=1, since=now))
        (chosen,) = choose(waiting, {}, 1, served, now)
        served.note(chosen)
        waiting.remove(chosen)
        if chosen.turn_id == 1:
            served_at = now
            break
        now += 5_000
    assert served_at is not None
    assert served_at <= 4 * AGING_MS
