"""The other things agents are asked to do: summaries, titles, topics, JSON, mediation, opening a conversation."""

import json
from random import Random

from agora.domains.insight.training.corpus.dialogue import Scene, Turn, fill_slots
from agora.domains.insight.training.corpus.english import OPENINGS
from agora.domains.insight.training.corpus.expand import expand
from agora.domains.insight.training.corpus.flow import IMPORTANCE, MOOD_AFTER
from agora.domains.insight.training.corpus.speech import Speaker, say_act
from agora.inference.context import Language, Task

_GISTS: dict[Language, dict[str, str]] = {
    "en": {
        "ask": "asks about {x}", "trouble": "has trouble with {x}", "bad_news": "is sad about {x}",
        "good_news": "is happy about {x}",
        "advice": "gives advice on {x}", "agree": "agrees about {x}", "disagree": "disagrees about {x}", "joke": "jokes about {x}",
        "propose": "makes a proposal for {x}", "plan": "makes a plan for {x}", "decide": "decides for {x}", "greet": "says hello",
        "bye": "says goodbye", "thank": "says thanks for {x}", "comfort": "comforts about {x}", "code": "shows code for {x}",
        "else": "talks about {x}",
    },
    "fr": {
        "ask": "pose une question sur {x}", "trouble": "a un souci avec {x}", "bad_news": "a de la peine pour {x}",
        "good_news": "se réjouit pour {x}", "advice": "donne un conseil sur {x}", "agree": "approuve pour {x}",
        "disagree": "voit autrement {x}", "joke": "plaisante sur {x}", "propose": "propose quelque chose pour {x}",
        "plan": "fait un plan pour {x}", "decide": "décide pour {x}", "greet": "dit bonjour", "bye": "dit au revoir",
        "thank": "dit merci pour {x}", "comfort": "console pour {x}", "code": "montre du code pour {x}", "else": "parle {de:x}",
    },
}  # fmt: skip
_TITLES: dict[Language, tuple[str, ...]] = {
    "en": (
        "A friendly talk about {x}",
        "Some good thoughts about {x}",
        "All we know about {x}",
        "Talking together about {x}",
        "About {x}",
    ),
    "fr": (
        "Une belle discussion sur {x}",
        "Quelques bonnes idées sur {x}",
        "Une discussion sur {x}",
        "Parlons ensemble {de:x}",
        "Sur {x}",
    ),
}


def write_summary(scene: Scene, count: int, random: Random) -> str:
    """One line for each of the last `count` turns."""
    lines = [f"- {turn.speaker.name} {_gist(turn, scene.language, random)}" for turn in scene.turns[-count:]]
    return "\n".join(lines)


def _gist(turn: Turn, language: Language, random: Random) -> str:
    table = _GISTS[language]
    act = "ask" if turn.act.startswith("ask") or turn.act == "joke_request" else turn.act.removesuffix("_back")
    return expand(table.get(act, table["else"]), {"x": turn.x}, random)


def write_title(scene: Scene, words: int, random: Random) -> str:
    """A title of `words` words if the matter allows it, else the nearest."""
    x = scene.turns[-1].x if random.random() < 0.7 else scene.topic.name
    titles = [expand(template, {"x": x}, random) for template in _TITLES[scene.language]]
    best = min(abs(len(title.split()) - words) for title in titles)
    return random.choice([title for title in titles if abs(len(title.split()) - words) == best])


def write_json(scene: Scene, random: Random) -> tuple[str, str]:
    """A shape and the answer that fits both it and the conversation."""
    last = scene.turns[-1]
    names = list(dict.fromkeys(turn.speaker.name for turn in scene.turns))[-4:]
    fields: dict[str, tuple[str, object]] = {
        "topic": ("string", last.x),
        "mood": ("string", MOOD_AFTER.get(last.act, "calm")),
        "importance": ("integer", IMPORTANCE.get(last.act, 4)),
        "people": ("list", names),
        "speaker": ("string", last.speaker.name),
        "question": ("boolean", last.act.startswith("ask") or last.act in ("free_ask", "joke_request")),
        "reply": ("boolean", last.act not in ("bye_back", "welcome", "laugh")),
        "summary": ("string", f"{last.speaker.name} {_gist(last, scene.language, random)}"),
        "memory": ("string", f"{last.speaker.name} {_gist(last, scene.language, random)}"),
        "language": ("string", scene.language),
    }
    keys = random.sample(sorted(fields), random.choice((1, 2, 2, 3)))
    shape = ", ".join(f'"{key}": {fields[key][0]}' for key in keys)
    answer = json.dumps({key: fields[key][1] for key in keys}, ensure_ascii=False)
    return f"{{{shape}}}", answer


def write_opening(scene: Scene, speaker: Speaker, about: str, random: Random) -> str:
    """A first message about a matter, to everybody."""
    slots = fill_slots(random, scene.language, scene.topic, speaker, list(scene.turns), about, alone=True)
    return say_act(random.choice(OPENINGS), speaker, slots, scene.language, random)


def write_mediation(scene: Scene, speaker: Speaker, random: Random) -> tuple[Task, str] | None:
    """Words between the last two different speakers; None where only one spoke."""
    names = list(dict.fromkeys(turn.speaker.name for turn in reversed(scene.turns)))
    names = [name for name in names if name != speaker.name]
    if len(names) < 2:
        return None
    about = scene.turns[-1].x
    slots = fill_slots(random, scene.language, scene.topic, speaker, list(scene.turns), about, alone=True)
    slots.update(n=names[0], o=names[1])
    text = say_act("mediate", speaker, slots, scene.language, random)
    return Task("mediate", f"{names[0]}, {names[1]}", about=about), text
