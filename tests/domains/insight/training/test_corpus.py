"""The corpus: the same from the same seed, true to the runtime's layout, and copyable where it must be."""

import re
from collections import Counter
from random import Random

from agora.domains.insight.training.corpus.acts import answers_in_kind, tell_acts
from agora.domains.insight.training.corpus.dialogue import make_scene
from agora.domains.insight.training.corpus.english import ACTS as ENGLISH
from agora.domains.insight.training.corpus.expand import expand, of, strip_article, to
from agora.domains.insight.training.corpus.flow import ANSWERS, STARTS
from agora.domains.insight.training.corpus.french import ACTS as FRENCH
from agora.domains.insight.training.corpus.people import pick_names
from agora.domains.insight.training.corpus.samples import hash_samples, make_samples
from agora.domains.insight.training.corpus.topics import list_topics
from agora.domains.insight.training.corpus.traits import LEAD, TAIL
from agora.domains.insight.training.corpus.words import invent_name, invent_word, is_decent
from agora.domains.insight.training.measures import list_grammar_words, list_words
from agora.domains.insight.training.rows import NEEDS_TALK
from agora.inference.context import MOODS, Language
from agora.inference.heard import tell_heard
from agora.inference.layout import build_private
from agora.inference.wording import EVEN, TRAIT_WORDS


def test_the_same_seed_writes_the_same_corpus() -> None:
    assert hash_samples(make_samples(3, 60)) == hash_samples(make_samples(3, 60))
    assert hash_samples(make_samples(3, 60)) != hash_samples(make_samples(4, 60))


def test_both_languages_have_the_same_acts_and_every_act_an_answer() -> None:
    assert set(ENGLISH) == set(FRENCH)
    special = {"fact", "code", "free", "free_ask", "ask_fact", "ask_code"}
    answers = {act for acts in ANSWERS.values() for act in acts}
    assert answers - special <= set(ENGLISH)
    assert set(STARTS) | answers - {"forgot", "mediate"} <= set(ANSWERS)


def test_every_trait_word_has_its_colour_in_both_languages() -> None:
    words = {word for pair in TRAIT_WORDS.values() for word in pair} | {EVEN}
    for language in ("en", "fr"):
        assert set(LEAD[language]) == set(TAIL[language]) == words


def test_topics_are_whole_and_some_are_held_out() -> None:
    for language in ("en", "fr"):
        training, held = list_topics(language), list_topics(language, held_out=True)
        assert len(training) + len(held) >= 240
        assert len(held) >= 10
        assert not {topic.name for topic in training} & {topic.name for topic in held}
        for topic in (*training, *held):
            assert len(topic.things) >= 3 and len(topic.actions) >= 3 and len(topic.problems) >= 2


def test_a_reply_names_whom_it_answers_and_what_it_was_told_to_take_up() -> None:
    replies = named = taken = 0
    for sample in make_samples(5, 300):
        for branch in sample.branches:
            task = branch.private.task
            if task.kind == "reply" and task.target:
                replies += 1
                named += task.target in branch.reply
                taken += task.about is None or task.about.split()[-1] in branch.reply
    assert replies > 500
    assert named == replies
    assert taken / replies > 0.75


def test_no_reply_needs_a_word_that_is_not_at_hand() -> None:
    """What is neither a word of the grammar nor in the agent's own instruction could only be guessed."""
    known = {language: list_grammar_words(language) for language in ("en", "fr")}
    for sample in make_samples(8, 400):
        for branch in sample.branches:
            if branch.private.task.kind in NEEDS_TALK:
                continue
            at_hand = known[sample.shared.language] | set(list_words(build_private(branch.private, sample.shared)))
            guessed = [word for word in list_words(branch.reply) if word not in at_hand and not word.isdigit()]
            assert not guessed, (guessed, branch)


def test_no_reply_shows_the_grammar_itself() -> None:
    for sample in make_samples(9, 400):
        for text in (*(line.text for line in sample.shared.lines), *(branch.reply for branch in sample.branches)):
            assert not re.search(r"\{(?!\")|\|", text), text


def test_nearly_every_reply_names_its_matter() -> None:
    """What agents are measured by: a reply without the matter could be about anything."""
    for acts in (ENGLISH, FRENCH):
        answers = {act for found in ANSWERS.values() for act in found} & set(acts)
        silent = [text for act in answers for text in acts[act] if not re.search(r"\{(?:de:|à:)?[xm]\}", text)]
        assert len(silent) <= 4, silent


def test_acts_are_told_from_their_words() -> None:
    for seed in range(30):
        random = Random(seed)
        language: Language = "en" if seed % 2 else "fr"
        scene = make_scene(random, language, 6)
        for turn in scene.turns:
            assert turn.act.startswith("free") or turn.act in tell_acts(turn.text, language), turn
    assert tell_acts("Ada, oh no! Thanks for the garden, it helped a lot!", "en") == {"thank"}
    assert answers_in_kind("Any advice for the garden?", "Ada, for the garden, try to start small.", "en") is True
    assert answers_in_kind("Any advice for the garden?", "Ada, I'm Bo, an agent here, and I like tea.", "en") is False
    assert answers_in_kind("Hey there friend", "Ada, I'm glad.", "en") is None


def test_what_was_heard_is_told_alike_for_every_wording_of_an_act() -> None:
    """The word beside which an agent begins to write: the model can answer in kind only as far as it is right."""
    told: dict[tuple[str, str], Counter[str]] = {}
    for seed in range(200):
        random = Random(seed)
        language: Language = "en" if seed % 2 else "fr"
        for turn in make_scene(random, language, 6).turns:
            told.setdefault((language, turn.act), Counter())[tell_heard(turn.text, language)] += 1
    sure = sum(counts.most_common(1)[0][1] for counts in told.values())
    assert sure / sum(counts.total() for counts in told.values()) > 0.9


def test_invented_words_are_decent_and_new() -> None:
    random = Random(4)
    words = [invent_word(random) for _ in range(500)] + [invent_name(random) for _ in range(500)]
    assert all(map(is_decent, words))
    assert len({*words}) > 700
    assert not is_decent("Sexish")


def test_the_private_part_is_the_runtimes_own() -> None:
    sample = next(make_samples(6, 1))
    text = build_private(sample.branches[0].private, sample.shared)
    assert text.startswith(f"<|me|> {sample.branches[0].private.name}:")
    assert sample.branches[0].private.mood in MOODS


def test_templates_expand() -> None:
    random = Random(1)
    assert expand("{de:x} et {à:y}", {"x": "le pain", "y": "les roses"}, random) == "du pain et aux roses"
    assert of("arroser") == "d'arroser"
    assert expand("{de:a}, {de:b}", {"a": "le dire", "b": "essayer"}, random) == "de le dire, d'essayer"
    assert to("la mer") == "à la mer"
    assert [strip_article(noun) for noun in ("l'école", "les roses", "lentilles")] == ["école", "roses", "lentilles"]
    assert expand("[a|a] [|]b", {}, random) == "a b"


def test_names_differ() -> None:
    names = pick_names(Random(2), 30, held_out=False)
    assert len({name.casefold() for name in names}) == 30
