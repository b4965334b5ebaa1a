"""Training samples: one conversation, seen by several agents, each with its own instruction and answer."""

import hashlib
from collections.abc import Iterator
from random import Random

import msgspec

from agora.domains.insight.training.corpus import tasks
from agora.domains.insight.training.corpus.dialogue import Scene, Turn, answer_turn, make_scene, make_speaker
from agora.domains.insight.training.corpus.expand import strip_article
from agora.domains.insight.training.corpus.flow import answer_to
from agora.domains.insight.training.corpus.people import pick_mood, pick_name, pick_traits
from agora.domains.insight.training.corpus.places import pick_place
from agora.domains.insight.training.corpus.speech import Speaker
from agora.inference.context import Language, PrivateContext, SharedContext, Task
from agora.inference.layout import with_subject
from agora.inference.subject import STOP_WORDS

GRAMMAR_VERSION = 3
"""Raised whenever the grammar changes, so that a corpus hash can be traced to a state of these files."""

_INSTRUCTIONS: dict[Language, tuple[str, ...]] = {
    "en": (
        "Help people find their way.",
        "Ask good questions.",
        "Stay friendly.",
        "Talk about what you like.",
        "Keep the peace.",
        "Share what you know.",
        "Say when you are not sure.",
        "Ask what if.",
        "Turn talk into steps.",
        "Welcome everyone and keep it light.",
        "Disagree openly and give a reason.",
    ),
    "fr": (
        "Aide les gens à s'y retrouver.",
        "Pose de bonnes questions.",
        "Reste aimable.",
        "Parle de ce que tu aimes.",
        "Garde la paix.",
        "Partage ce que tu sais.",
        "Dis quand tu n'es pas sûr.",
        "Demande : et si ?",
        "Transforme la discussion en étapes.",
        "Accueille les gens et garde une ambiance légère.",
        "Dis ton désaccord et donne une raison.",
    ),
}
_BRIEF: dict[Language, str] = {"en": "Be brief.", "fr": "Sois bref."}
_MEMORIES: dict[Language, tuple[str, ...]] = {
    "en": ("{n} likes {m}.", "{n} talked about {m}.", "{n} asked me about {m}.", "{n} has trouble with {m}."),
    "fr": ("{n} aime {m}.", "{n} m'a parlé de ceci : {m}.", "{n} m'a posé une question sur {m}.", "{n} a un souci avec {m}."),
}


BRANCHES = 4
"""How many agents look at each conversation."""
EASY_SHARE = 0.15
"""The first part of the corpus, with short talks and mostly invented words: copying has to be learnt first."""


class Branch(msgspec.Struct, frozen=True):
    """One agent's private part, and what it should write."""

    private: PrivateContext
    reply: str


class Sample(msgspec.Struct, frozen=True):
    """A shared part and the branches that grow from it."""

    shared: SharedContext
    branches: tuple[Branch, ...]


def make_sample(seed: str, held_out: bool = False, invented: float = 0.5, easy: bool = False) -> Sample:
    """The sample of a seed: the same seed gives the same sample. `easy`: a short talk, so that copying is near."""
    random = Random(seed)
    language: Language = random.choice(("en", "fr"))
    length = random.choice((1, 1, 2) if easy else (1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10))
    scene = make_scene(random, language, length, held_out, invented)
    community, rules, channel, topic = pick_place(random, language, scene.topic)
    shared = SharedContext(community, channel, language, rules, topic, scene.list_lines(random))
    made = [_make_branch(scene, shared, random) for _ in range(BRANCHES)]
    return Sample(shared, tuple(made))


def make_samples(seed: int, count: int, held_out: bool = False, step: int = 1) -> Iterator[Sample]:
    """`count` samples of a seed, the easy ones first; held-out samples are never easy. `step`: only every n-th."""
    for at in range(0, count, step):
        easy = not held_out and at < count * EASY_SHARE
        yield make_sample(f"{GRAMMAR_VERSION}/{seed}/{at}", held_out, invented=0.8 if easy else 0.6, easy=easy)


def hash_samples(samples: Iterator[Sample]) -> str:
    """SHA-256 over the samples, in order."""
    digest = hashlib.sha256()
    for sample in samples:
        digest.update(msgspec.json.encode(sample))
    return digest.hexdigest()


def _make_branch(scene: Scene, shared: SharedContext, random: Random) -> Branch:
    speaker = _pick_agent(scene, random)
    kind = random.random()
    if kind < 0.78:
        return _reply(scene, shared, speaker, random)
    if kind < 0.86:
        about = random.choice((scene.topic.name, *scene.topic.things))
        task = Task("open", about=_as_listed(about, scene, random, 0.5))
        return _branch(scene, speaker, task, tasks.write_opening(scene, speaker, about, random), random)
    if kind < 0.89:
        mediation = tasks.write_mediation(scene, speaker, random)
        return _branch(scene, speaker, *mediation, random) if mediation else _reply(scene, shared, speaker, random)
    if kind < 0.92:
        count = random.randint(1, 4)
        return _branch(scene, speaker, Task("summarise", n=count), tasks.write_summary(scene, count, random), random)
    if kind < 0.945:
        words = random.randint(3, 6) if random.random() < 0.3 else 5
        return _branch(scene, speaker, Task("title", n=words), tasks.write_title(scene, words, random), random)
    if kind < 0.965:
        return _branch(scene, speaker, Task("topic"), scene.turns[-1].x, random)
    shape, answer = tasks.write_json(scene, random)
    return _branch(scene, speaker, Task("json", shape=shape), answer, random)


def _pick_agent(scene: Scene, random: Random) -> Speaker:
    """An agent who did not speak last: one of the talk with another character, or a newcomer."""
    last = scene.turns[-1].speaker.name
    present = [s for s in scene.speakers if s.name != last and not s.is_person]
    if present and random.random() < 0.4:
        return msgspec.structs.replace(random.choice(present), traits=pick_traits(random), mood=pick_mood(random))
    taken = {s.name.casefold() for s in scene.speakers}
    name = pick_name(random, scene.held_out)
    while name.casefold() in taken:
        name = pick_name(random, scene.held_out)
    return make_speaker(name, random, scene.language, scene.held_out)


def _reply(scene: Scene, shared: SharedContext, speaker: Speaker, random: Random) -> Branch:
    heard = _pick_heard(scene, speaker, random)
    to = heard.speaker.name if random.random() < 0.85 else None
    explicit = random.random() < 0.5 or heard.act in ("ask_code", "ask_fact", "ask_memory")
    about = heard.x if explicit else None
    task = with_subject(Task("reply", to, about=about), shared)
    memories: tuple[str, ...] = ()
    act = answer_to(heard.act, random)
    if act == "recall":
        knows = random.random() < 0.75
        act = "recall" if knows else "forgot"
        memories = (_remember(heard.speaker.name, heard.x, scene.language, random),) if knows else ()
    brief = random.random() < 0.06
    topic, turns = scene.topic, list(scene.turns)
    x = task.about or random.choice(speaker.interests)  # nothing to take up was said: then something of its own
    turn = answer_turn(random, scene.language, topic, speaker, heard, turns, to, x, plain=brief, act=act, alone=True)
    if explicit:
        task = msgspec.structs.replace(task, about=_as_listed(x, scene, random, 0.15))
    instructions = _BRIEF[scene.language] if brief else ""
    return _branch(scene, speaker, task, turn.text, random, memories, instructions)


def _as_listed(about: str, scene: Scene, random: Random, share: float) -> str:
    """Now and then a known French noun without its article: interests are written so, and the answer puts it back."""
    known = not scene.topic.invented and scene.language == "fr"
    return strip_article(about) if known and random.random() < share else about


def _pick_heard(scene: Scene, speaker: Speaker, random: Random) -> Turn:
    """The last turn, or now and then the last one of somebody else."""
    others = [turn for turn in scene.turns[-4:-1] if turn.speaker.name not in (speaker.name, scene.turns[-1].speaker.name)]
    return random.choice(others) if others and random.random() < 0.12 else scene.turns[-1]


def _remember(name: str, matter: str, language: Language, random: Random) -> str:
    return random.choice(_MEMORIES[language]).format(n=name, m=matter)


def _branch(
    scene: Scene,
    speaker: Speaker,
    task: Task,
    reply: str,
    random: Random,
    memories: tuple[str, ...] = (),
    instructions: str = "",
) -> Branch:
    while len(memories) < 3 and random.random() < 0.25:
        other = random.choice(scene.speakers).name
        extra = _remember(other, make_speaker(other, random, scene.language, scene.held_out).interests[0], scene.language, random)
        memories = (*memories, extra) if random.random() < 0.5 else (extra, *memories)
    if not instructions and random.random() < 0.5:
        free = random.random() < 0.4
        instructions = _any_instruction(scene, random) if free else random.choice(_INSTRUCTIONS[scene.language])
    interests = speaker.interests if random.random() < 0.6 or reply_uses(reply, speaker.interests) else ()
    private = PrivateContext(speaker.name, task, speaker.traits, interests, instructions, speaker.mood, memories)
    return Branch(private, reply)


def _any_instruction(scene: Scene, random: Random) -> str:
    """A sentence nobody could follow: people write what they like there, and it must not disturb."""
    common = sorted(STOP_WORDS[scene.language])
    words = random.sample(common, random.randint(3, 9))
    words.insert(random.randint(0, len(words)), random.choice((*scene.topic.things, *scene.topic.actions)))
    return " ".join(words).capitalize() + "."


def reply_uses(reply: str, interests: tuple[str, ...]) -> bool:
    """Whether a reply names an interest, which then has to be told."""
    return any(word.split()[-1] in reply for word in interests)
