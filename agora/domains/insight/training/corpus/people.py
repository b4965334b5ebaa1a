"""Names of many origins, and characters: traits, mood, interests."""

from functools import cache
from random import Random

from agora.domains.insight.training.corpus.letters import Letters
from agora.domains.insight.training.corpus.words import invent_name, is_decent
from agora.inference.context import MOODS, TRAITS

NAMES = """
Ada Aiko Akira Alba Alice Amara Amina Ana Anders Anouk Antoine Aria Arjun Asha Astrid Aya Bao Basile Beatriz Bela Bilal Bo
Bruno Camille Carmen Chidi Chloé Clara Cleo Dalia Daniel Dara Diego Dimitri Dov Ebba Élodie Elena Elias Emeka Emma Esra Étienne
Eva Fatou Felix Fiona Flora Freya Gael Gina Goran Grace Greta Gus Hana Hassan Hélène Hugo Ibrahim Ida Igor Imani Ines Ingrid
Iris Ivan Jana Jade Joao Jonas Jun Kai Kamal Karim Katya Keiko Kofi Kwame Lars Leila Leo Lina Linh Louis Lucia Luna Maeve Maïa
Malik Marco Margot Mateo Maya Mei Mila Milo Mina Mira Moussa Nadia Naomi Nils Nina Noah Nora Oceane Olga Omar Oscar Otto Pablo
Paola Paul Petra Pia Priya Quentin Rafa Ravi Rémi Rosa Ruth Saïd Salma Samir Sana Sara Selma Simon Sofia Sora Sven Tara Tariq
Théo Tomas Uma Vera Victor Wanda Wei Yann Yara Yuki Yusuf Zara Zeno Zoé
Agnès Anaïs Ángel Åsa Begoña Björn Börje Gaël Gökhan Günther Inès Iñaki Joël Jörg José Jürgen Lluís Maëlle María Noël Núria Özlem
Raphaël Raúl Søren Sölve Tomás Zoë
""".split()  # noqa: SIM905 - a list of names reads best as text


def pick_name(random: Random, held_out: bool) -> str:
    """A name: two in three never seen before; every tenth listed name is kept for evaluation."""
    kind = random.random()
    if kind < 0.35:
        return invent_name(random)
    if kind < 0.65:
        return _blend_name(random)
    return random.choice(list_names(held_out))


@cache
def list_names(held_out: bool) -> tuple[str, ...]:
    """The listed names, or those of them kept for evaluation."""
    return tuple(name for at, name in enumerate(NAMES) if (at % 10 == 0) == held_out)


def _blend_name(random: Random) -> str:
    """A name that sounds like the listed ones and is none of them."""
    while True:
        name = _learn_names().draw(random, 2, 9).capitalize()
        if name not in NAMES and is_decent(name):
            return name


@cache
def _learn_names() -> Letters:
    return Letters((name.casefold() for name in list_names(held_out=False)), order=2)


def pick_names(random: Random, count: int, held_out: bool) -> list[str]:
    """Different names, also when case and accents are ignored."""
    names: list[str] = []
    while len(names) < count:
        name = pick_name(random, held_out)
        if name.casefold() not in {other.casefold() for other in names}:
            names.append(name)
    return names


def pick_traits(random: Random, strong: str | None = None) -> dict[str, float]:
    """Five numbers; one trait stands out clearly, the others are near the middle more often than not."""
    traits = {name: round(min(max(random.gauss(0.5, 0.13), 0.2), 0.8), 2) for name in TRAITS}
    first = strong or random.choice(TRAITS)
    high = strong is not None or random.random() < 0.65
    traits[first] = round(random.uniform(0.84, 0.98) if high else random.uniform(0.02, 0.16), 2)
    return traits


def pick_mood(random: Random) -> str:
    return random.choice(MOODS)
