"""A transcript: who is there, what they talk about, and turn by turn what they say."""

import unicodedata
from random import Random

import msgspec

from agora.domains.insight.training.corpus import english, french
from agora.domains.insight.training.corpus.expand import expand
from agora.domains.insight.training.corpus.facts import FACTS
from agora.domains.insight.training.corpus.flow import STARTS, answer_to
from agora.domains.insight.training.corpus.people import pick_mood, pick_names, pick_traits
from agora.domains.insight.training.corpus.snippets import ANSWERS, SNIPPETS, TASKS
from agora.domains.insight.training.corpus.speech import Speaker, dress, say_act
from agora.domains.insight.training.corpus.topics import Topic, pick_topic
from agora.domains.insight.training.corpus.words import invent_word
from agora.inference.context import Language, Line
from agora.inference.subject import STOP_WORDS


class Turn(msgspec.Struct, frozen=True):
    """One thing said: the act, its matter `x`, the slots that filled it, and what answers it if that is fixed."""

    speaker: Speaker
    act: str
    x: str
    slots: dict[str, str]
    text: str
    to: str | None = None
    answer: str | None = None


class Scene(msgspec.Struct, frozen=True):
    """Everything about one conversation."""

    language: Language
    topic: Topic
    speakers: tuple[Speaker, ...]
    turns: tuple[Turn, ...]
    held_out: bool

    def list_lines(self, random: Random) -> tuple[Line, ...]:
        """The turns as transcript lines; answers are marked as such about half the time."""
        return tuple(Line(t.speaker.name, t.text, t.to if random.random() < 0.5 else None, t.speaker.is_person) for t in self.turns)


def make_scene(random: Random, language: Language, length: int, held_out: bool = False, invented: float = 0.5) -> Scene:
    """A conversation of `length` turns among two to six speakers."""
    topic = pick_topic(random, language, held_out, invented)
    count = random.choice((2, 2, 3, 3, 4, 5, 6))
    speakers = tuple(
        make_speaker(name, random, language, held_out, is_person=at == 0 or random.random() < 0.2)
        for at, name in enumerate(pick_names(random, count, held_out))
    )
    turns: list[Turn] = []
    while len(turns) < length:
        turns.append(_next_turn(random, language, topic, speakers, turns))
    return Scene(language, topic, speakers, tuple(turns), held_out)


def make_speaker(name: str, random: Random, language: Language, held_out: bool, is_person: bool = False) -> Speaker:
    interests = tuple(pick_topic(random, language, held_out, 0.4).name for _ in range(random.choice((1, 2, 2, 3))))
    return Speaker(name, pick_traits(random), pick_mood(random), interests, is_person)


def _next_turn(random: Random, language: Language, topic: Topic, speakers: tuple[Speaker, ...], turns: list[Turn]) -> Turn:
    last = turns[-1] if turns else None
    speaker = random.choice([s for s in speakers if last is None or s.name != last.speaker.name])
    if last is None or random.random() < 0.12:
        return _start(random, language, topic, speaker, turns)
    to = last.speaker.name if random.random() < 0.6 else None
    return answer_turn(random, language, topic, speaker, last, turns, to)


def _start(random: Random, language: Language, topic: Topic, speaker: Speaker, turns: list[Turn]) -> Turn:
    act = random.choice(STARTS)
    slots = fill_slots(random, language, topic, speaker, turns)
    if act == "ask_fact":
        question, answer = random.choice(FACTS[language])
        return Turn(speaker, act, "Agora", slots, dress(expand(question, {}, random), speaker, language, random), answer=answer)
    if act == "ask_code":
        return _ask_code(random, language, speaker, slots)
    if act in ("free", "free_ask"):
        return Turn(speaker, act, slots["x"], slots, _free_text(random, language, slots, asks=act == "free_ask"))
    text = say_act(act, speaker, slots, language, random)
    return Turn(speaker, act, slots["m"] if act == "ask_memory" else slots["x"], slots, text)


def _ask_code(random: Random, language: Language, speaker: Speaker, slots: dict[str, str]) -> Turn:
    what_en, what_fr, code = random.choice(SNIPPETS)
    name = f"{invent_word(random)}_{random.randint(1, 9)}" if random.random() < 0.3 else invent_word(random)
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    values = {"what": what_en if language == "en" else what_fr, "v": ascii_name}
    text = dress(expand(random.choice(TASKS[language]), values, random), speaker, language, random)
    intro = expand(random.choice(ANSWERS[language]), {"v": ascii_name}, random)
    answer = f"{intro}\n```python\n{code.replace('{v}', ascii_name)}\n```"
    return Turn(speaker, "ask_code", ascii_name, slots, text, answer=answer)


def _free_text(random: Random, language: Language, slots: dict[str, str], asks: bool) -> str:
    """Words in no order that the grammar knows: people write what they like, and are still answered."""
    common = sorted(STOP_WORDS[language])
    words = [random.choice(common) for _ in range(random.randint(2, 7))]
    for value in (slots["x"], slots["y"])[: random.choice((1, 1, 2))]:
        words.insert(random.randint(0, len(words)), value)
    text = " ".join(words)
    text = text[:1].upper() + text[1:] if random.random() < 0.7 else text
    return text + (("?" if language == "en" else " ?") if asks else random.choice((".", "!", "", "...")))


def fill_slots(
    random: Random,
    language: Language,
    topic: Topic,
    speaker: Speaker,
    turns: list[Turn],
    x: str | None = None,
    alone: bool = False,
) -> dict[str, str]:
    """Values for every slot. With an unknown topic only words that were said before can come again.

    `alone`: for what an agent is to write. Its instruction holds `x` and its interests; any other invented word would
    have to be guessed, and a model that is made to guess words learns to make them up.
    """
    grammar = english if language == "en" else french
    x = x or random.choice((*topic.things, topic.name))
    if alone:
        pool = _list_at_hand(random, topic, speaker, grammar.GENERAL_THINGS)
    else:
        pool = [*dict.fromkeys(turn.x for turn in turns), topic.name] if topic.invented and turns else list(topic.things)
    others = [word for word in pool if not _is_same(word, x)] or [
        word for word in (topic.name, *topic.things) if not _is_same(word, x)
    ]
    last = turns[-1].slots if turns else None
    problem = last["p"] if last and random.random() < 0.8 else random.choice(topic.problems)
    actions = list(topic.actions)
    random.shuffle(actions)
    actions += random.sample(grammar.GENERAL_ACTIONS, 3)
    whole = random.choice(others) if alone and topic.invented else topic.name
    return {
        "x": x, "y": random.choice(others), "t": whole, "p": problem, "a": actions[0], "b": actions[1], "c": actions[2],
        "i": random.choice(speaker.interests), "m": x, "me": speaker.name, "n": "", "o": "",
    }  # fmt: skip


def _list_at_hand(random: Random, topic: Topic, speaker: Speaker, everyday: tuple[str, ...]) -> list[str]:
    """What an agent can name beside the matter: things of a known topic, else its own interests or everyday things."""
    if not topic.invented:
        return list(topic.things)
    kept = random.sample(everyday, 4)
    return [*speaker.interests, *kept] if random.random() < 0.6 else kept


def _is_same(one: str, other: str) -> bool:
    return one.split()[-1].casefold() == other.split()[-1].casefold()


def answer_turn(
    random: Random,
    language: Language,
    topic: Topic,
    speaker: Speaker,
    heard: Turn,
    turns: list[Turn],
    to: str | None,
    x: str | None = None,
    plain: bool = False,
    act: str | None = None,
    alone: bool = False,
) -> Turn:
    """What `speaker` says to `heard`. The matter stays, or moves on to another word of what was heard.

    `alone`: see `fill_slots`.
    """
    act = act or answer_to(heard.act, random)
    drift = heard.x if random.random() < 0.7 or heard.slots["y"] not in heard.text else heard.slots["y"]
    slots = fill_slots(random, language, topic, speaker, turns, x or drift, alone)
    if heard.answer and act in ("fact", "code"):
        core = heard.answer if act == "code" else expand(heard.answer, {}, random)
        # Nothing may follow a block of code on its last line.
        text = dress(core, speaker, language, random, to, plain or act == "code")
    else:
        text = say_act(act, speaker, slots, language, random, to, plain)
    return Turn(speaker, act, slots["x"], slots, text, to)
