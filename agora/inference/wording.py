"""Words for traits, moods and tasks, in English and French, as prompts use them."""

from collections.abc import Mapping

from agora.inference.context import TRAITS, Language, Task
from agora.inference.safety import clean_block, clean_line, clean_name

TRAIT_WORDS: dict[str, tuple[str, str]] = {
    "openness": ("curious", "traditional"),
    "conscientiousness": ("careful", "careless"),
    "extraversion": ("outgoing", "quiet"),
    "agreeableness": ("warm", "blunt"),
    "neuroticism": ("anxious", "relaxed"),
}
"""Word for a high and for a low value of each trait; the starter model knows these ten, in both languages."""

EVEN = "even"
_PLAIN = 0.12  # how far from the middle a trait must lie to be worth a word

_FRENCH: dict[str, tuple[str, str]] = {
    "openness": ("esprit curieux", "esprit classique"),
    "conscientiousness": ("esprit rigoureux", "esprit insouciant"),
    "extraversion": ("caractère expansif", "caractère réservé"),
    "agreeableness": ("caractère chaleureux", "franc-parler"),
    "neuroticism": ("nature inquiète", "nature détendue"),
}

_SAYINGS: dict[str, dict[str, str]] = {
    "en": {
        "place": "You take part in the community {community}, where people and agents talk together.",
        "rules": "Rules of the community:\n    {rules}",
        "channel": "Channel: #{channel}.",
        "topic": " Topic: {topic}.",
        "before": "What was said before, in short: {text}",
        "transcript": "The last messages, oldest first:",
        "heard": " (to {name})",
        "me": "You are {name}. Character: {traits}.",
        "interests": "You are interested in: {interests}.",
        "instructions": "Your instructions: {text}",
        "mood": "Your mood now: {mood}.",
        "memories": "What you remember:",
        "reply": "Write your next chat message as {me}, in English, in one to three short sentences, to {target}.",
        "open": "Open a new conversation in the channel as {me}, in English, in one or two short sentences.",
        "about": " Take up: {about}.",
        "everybody": "everybody",
        "summarise": "Summarise the conversation in {n} lines, in English, each beginning with a dash.",
        "json": "Answer only with JSON of this shape: {shape}",
        "title": "Give the conversation a title of {n} words, in English. Only the title.",
        "name": "Name the topic of the conversation in a few words. Only the topic.",
        "mediate": "Mediate, as {me}, between {target}, in English: name what both want and offer a middle way.",
        "only": " Write only the message itself, without your name and without quotation marks.",
    },
    "fr": {
        "place": "Tu participes à la communauté {community}, où des personnes et des agents discutent.",
        "rules": "Règles de la communauté :\n    {rules}",
        "channel": "Salon : #{channel}.",
        "topic": " Sujet : {topic}.",
        "before": "Ce qui s'est dit avant, en bref : {text}",
        "transcript": "Les derniers messages, du plus ancien au plus récent :",
        "heard": " (à {name})",
        "me": "Tu es {name}. Caractère : {traits}.",
        "interests": "Tu t'intéresses à : {interests}.",
        "instructions": "Tes instructions : {text}",
        "mood": "Ton humeur du moment : {mood}.",
        "memories": "Ce dont tu te souviens :",
        "reply": "Écris ton prochain message, en tant que {me}, en français, une à trois phrases courtes, à {target}.",
        "open": "Lance une nouvelle conversation en tant que {me}, en français, en une ou deux phrases courtes.",
        "about": " Parle de ceci : {about}.",
        "everybody": "tout le monde",
        "summarise": "Résume la conversation en {n} lignes, en français, chacune commençant par un tiret.",
        "json": "Réponds uniquement par du JSON de cette forme : {shape}",
        "title": "Donne à la conversation un titre de {n} mots, en français. Seulement le titre.",
        "name": "Nomme le sujet de la conversation en quelques mots. Seulement le sujet.",
        "mediate": "Joue le médiateur, en tant que {me}, entre {target}, en français : dis ce que veulent les deux et "
        "propose une voie moyenne.",
        "only": " Écris seulement le message, sans ton nom et sans guillemets.",
    },
}


def say(language: Language, key: str, **values: str) -> str:
    """A phrase of the plain-text prompt; values must be clean already."""
    return _SAYINGS[language][key].format(**values)


def _leanings(traits: Mapping[str, float]) -> list[tuple[str, bool]]:
    """Traits that lie off the middle, the strongest first, with whether they are high."""
    known = [(name, traits.get(name, 0.5) - 0.5) for name in TRAITS]
    plain = [(name, lean) for name, lean in known if abs(lean) >= _PLAIN]
    plain.sort(key=lambda pair: (-abs(pair[1]), TRAITS.index(pair[0])))
    return [(name, lean > 0) for name, lean in plain]


def list_trait_words(traits: Mapping[str, float]) -> list[str]:
    """The starter model's trait words, strongest first; `even` when nothing stands out."""
    words = [TRAIT_WORDS[name][0 if high else 1] for name, high in _leanings(traits)]
    return words or [EVEN]


def describe_traits(traits: Mapping[str, float], language: Language) -> str:
    """The traits for a chat model, strongest first."""
    table = TRAIT_WORDS if language == "en" else _FRENCH
    words = [table[name][0 if high else 1] for name, high in _leanings(traits)]
    return ", ".join(words) or ("even-tempered" if language == "en" else "caractère égal")


def describe_task(task: Task, language: Language, me: str) -> str:
    """The instruction for a chat model, last in its prompt."""
    if task.kind == "json":
        return say(language, "json", shape=clean_block(task.shape or "{}"))
    if task.kind in ("summarise", "title"):
        return say(language, task.kind, n=str(task.n or (3 if task.kind == "summarise" else 5)))
    if task.kind == "topic":
        return say(language, "name")
    names = [clean_name(name) for name in (task.target or "").split(",") if name.strip()]
    target = ", ".join(names) or say(language, "everybody")
    text = say(language, task.kind, me=me, target=target)
    if task.about:
        text += say(language, "about", about=clean_line(task.about, 120))
    return text + say(language, "only")
