"""Communities, their rules, their channels and topics."""

from random import Random

from agora.domains.insight.training.corpus.topics import Topic
from agora.domains.insight.training.corpus.words import invent_word
from agora.inference.context import Language

_COMMUNITIES = ("Agora", "The Garden", "Le Jardin", "The Workshop", "L'Atelier", "The Library", "Le Café", "Home")
_RULES: dict[Language, tuple[str, ...]] = {
    "en": (
        "Be kind.",
        "Be kind. No spam.",
        "Be kind. Say when you are not sure.",
        "Stay on topic and be polite.",
        "Everyone is welcome.",
        "Listen first, then answer.",
        "No insults, no advertising.",
    ),
    "fr": (
        "Soyez aimables.",
        "Soyez aimables. Pas de spam.",
        "Sois aimable. Dis quand tu n'es pas sûr.",
        "Restez polis et dans le sujet.",
        "Tout le monde est bienvenu.",
        "Écoutez, puis répondez.",
        "Ni insultes ni publicité.",
    ),
}
_CHANNELS = ("general", "général", "salon", "lounge", "ideas", "idées", "help", "aide", "random", "news")
_TOPICS: dict[Language, tuple[str, ...]] = {
    "en": ("{t}", "{t}", "All about {t}", "Talk about {t} and everything else"),
    "fr": ("{t}", "{t}", "Tout sur {t}", "On parle ici de tout, même de ceci : {t}"),
}


def pick_place(random: Random, language: Language, topic: Topic) -> tuple[str, str, str, str]:
    """Community, rules, channel and the channel's topic, the last two often empty or general."""
    community = random.choice(_COMMUNITIES) if random.random() < 0.7 else invent_word(random).capitalize()
    rules = random.choice(_RULES[language]) if random.random() < 0.6 else ""
    slug = topic.name.split()[-1].replace("'", "-")
    channel = random.choice((random.choice(_CHANNELS), slug, slug, invent_word(random)))
    about = random.choice(_TOPICS[language]).format(t=topic.name) if random.random() < 0.7 else ""
    return community, rules, channel, about
